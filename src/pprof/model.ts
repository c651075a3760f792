/**
 * The profile model: profile.proto (github.com/google/pprof, proto/profile.proto) as columns.
 * Ids are gone: a reference is an index into the table it names. A column named `xStart` has one entry more than its
 * table; row i owns the entries from `xStart[i]` to `xStart[i + 1]` of the columns named beside it.
 */

/** A kind of value and its unit: `cpu` in `nanoseconds`, `inuse_space` in `bytes`. */
export interface ValueType {
  readonly type: string
  readonly unit: string
}

/** All samples. Strings are indices into `Profile.strings`, stacks are indices into `Profile.locations`. */
export interface Samples {
  readonly count: number
  /** Row by row: `count` times one value per sample type, in the unit of that type. May be negative. */
  readonly values: BigInt64Array
  readonly stackStart: Uint32Array
  /** Locations, the executing one (the leaf) first. */
  readonly stack: Uint32Array
  readonly labelStart: Uint32Array
  readonly labelKey: Uint32Array
  /** 0 where the label is a number. */
  readonly labelStr: Uint32Array
  readonly labelNum: BigInt64Array
  readonly labelUnit: Uint32Array
}

/** `mapping`, `lineFunction`: `none` where the profile gives no mapping or function. */
export interface Locations {
  readonly count: number
  readonly address: BigUint64Array
  readonly mapping: Uint32Array
  /** 1 where the format says `is_folded`. */
  readonly folded: Uint8Array
  readonly lineStart: Uint32Array
  /** Several lines: the last is the function as called, those before it are inlined into it. */
  readonly lineFunction: Uint32Array
  /** 1-based; 0 is unknown. */
  readonly lineNumber: Uint32Array
  /** 1-based; 0 is unknown. */
  readonly lineColumn: Uint32Array
}

/** Strings are indices into `Profile.strings`. */
export interface Functions {
  readonly count: number
  readonly name: Uint32Array
  readonly systemName: Uint32Array
  readonly filename: Uint32Array
  /** 1-based; 0 is unknown. */
  readonly startLine: Uint32Array
}

/** A binary mapped into memory. Profiles of JavaScript have none. */
export interface Mapping {
  readonly memoryStart: bigint
  readonly memoryLimit: bigint
  readonly fileOffset: bigint
  readonly filename: string
  readonly buildId: string
  readonly hasFunctions: boolean
  readonly hasFilenames: boolean
  readonly hasLineNumbers: boolean
  readonly hasInlineFrames: boolean
}

/** One profile, every index in it checked. */
export interface Profile {
  readonly sampleTypes: readonly ValueType[]
  /** `''` where the profile names none. */
  readonly defaultSampleType: string
  readonly strings: readonly string[]
  readonly samples: Samples
  readonly locations: Locations
  readonly functions: Functions
  readonly mappings: readonly Mapping[]
  /** Nanoseconds since the epoch, 0 if unknown. Producers disagree whether it is the start or the end. */
  readonly timeNanos: bigint
  readonly durationNanos: bigint
  readonly periodType: ValueType | undefined
  /** Mean distance between samples, in the unit of `periodType`. */
  readonly period: bigint
  readonly comments: readonly string[]
  readonly dropFrames: string
  readonly keepFrames: string
  readonly docUrl: string
}

/** A reference to nothing. */
export const none = 0xffffffff
