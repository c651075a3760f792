import { encodeProfile } from '../../pprof/encode'
import { none, type Profile } from '../../pprof/model'
import { Names } from '../../pprof/names'
import type { Sources } from './queries'
import type { AggregateParams } from './types'
import { type WeightedStacks, weightedStacks } from './weighted-stacks'

/** An aggregate as pprof, with all values of its kind. Lines are those where functions start; raw profiles have the others. */
export async function exportProfile(sources: Sources, params: AggregateParams): Promise<Uint8Array> {
  const stacks = await weightedStacks(sources, params)
  return encodeProfile(profileOf(stacks, params))
}

function profileOf(stacks: WeightedStacks, { fromMs, toMs }: AggregateParams): Profile {
  const { rowStack, stackStart, stackFrames, kind, columns, scales, measure } = stacks
  const strings = new Names([''])
  const frames = [...stacks.frames, { name: '(other)', file: '', line: 0 }]
  const width = kind.values.length
  const values = new BigInt64Array(rowStack.length * width)
  const start = new Uint32Array(rowStack.length + 1)
  const stack: number[] = []
  rowStack.forEach((id, row) => {
    if (id < 0) stack.push(frames.length - 1)
    else for (const frame of stackFrames.subarray(stackStart[id], stackStart[id + 1])) stack.push(frame)
    start[row + 1] = stack.length
    columns.forEach((column, i) => {
      values[row * width + i] = BigInt(Math.round((column[row] as number) * (scales[i] as number)))
    })
  })
  const count = frames.length
  const column = (of: (frame: (typeof frames)[number]) => number) => Uint32Array.from(frames, of)
  const names = column(({ name }) => strings.id(name))
  const empty = new Uint32Array(0)
  return {
    sampleTypes: kind.values.map(({ name, unit }) => ({ type: name, unit })),
    defaultSampleType: measure.value,
    samples: {
      ...{ count: rowStack.length, values, stackStart: start, stack: Uint32Array.from(stack) },
      labelStart: new Uint32Array(rowStack.length + 1),
      ...{ labelKey: empty, labelStr: empty, labelNum: new BigInt64Array(0), labelUnit: empty },
    },
    locations: {
      ...{ count, address: new BigUint64Array(count), mapping: new Uint32Array(count).fill(none) },
      ...{ folded: new Uint8Array(count), lineStart: Uint32Array.from({ length: count + 1 }, (_, i) => i) },
      lineFunction: Uint32Array.from({ length: count }, (_, i) => i),
      lineNumber: column(({ line }) => line),
      lineColumn: new Uint32Array(count),
    },
    functions: {
      ...{ count, name: names, systemName: names },
      filename: column(({ file }) => strings.id(file)),
      startLine: column(({ line }) => line),
    },
    mappings: [],
    timeNanos: BigInt(Math.floor(fromMs)) * 1_000_000n,
    durationNanos: BigInt(Math.floor(toMs - fromMs)) * 1_000_000n,
    ...{ periodType: undefined, period: 0n, comments: [], dropFrames: '', keepFrames: '', docUrl: '' },
    strings: strings.all(),
  }
}
