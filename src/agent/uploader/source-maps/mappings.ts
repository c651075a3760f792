/** A place in the generated code that somebody asks for, 0-based. */
export interface Query {
  line: number
  /** Where the function begins that runs on the line, perhaps on an earlier one; -1 where nobody knows. */
  column: number
}

/** A line of an original source, 0-based, by the source's number. */
export interface Spot {
  source: number
  line: number
}

/** What the mappings of one generated line say about a place on it. */
export interface Hit {
  /** The first original line. */
  first: Spot
  /** Of the mapping at the column, or the last one before it. */
  at: Spot | undefined
  /** The generated line holds parts of several original lines, or even of several sources. */
  severalLines: boolean
  severalSources: boolean
  /** Names that mappings just before the column give, the nearest first: generated column and number of the name. */
  names: { column: number; name: number }[]
}

const semicolon = 0x3b
const comma = 0x2c
const keptNames = 8
const keptColumns = 256

const digits = new Int8Array(256).fill(-1)
for (let i = 0; i < 64; i++) {
  digits['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.charCodeAt(i)] = i
}

/**
 * Looks places up in the mappings of a source map (base64 VLQ, ECMA-426), in one pass that keeps nothing else.
 * @param queries by line, then by column
 * @returns one per query, undefined where the line has no original. Throws on mappings that are no such format.
 */
export function lookUp(
  bytes: Uint8Array,
  start: number,
  end: number,
  queries: readonly Query[],
): (Hit | undefined)[] {
  const lookup = new Lookup(bytes, start, end, queries)
  lookup.run()
  return lookup.hits
}

class Lookup {
  readonly hits: (Hit | undefined)[]
  private pos: number
  /** Queries before this one are answered; those up to `passed` lie before the segment that was read last. */
  private answered = 0
  private passed = 0
  private line = 0
  private column = 0
  private source = 0
  private originalLine = 0
  private name = 0
  private readonly names: { column: number; name: number }[] = []
  private first: Spot | undefined
  private severalLines = false
  private severalSources = false

  constructor(
    private readonly bytes: Uint8Array,
    start: number,
    private readonly end: number,
    private readonly queries: readonly Query[],
  ) {
    this.pos = start
    this.hits = queries.map(() => undefined)
  }

  run(): void {
    const { bytes, end } = this
    let at: Spot | undefined
    while (this.answered < this.queries.length) {
      const byte = this.pos < end ? bytes[this.pos] : semicolon
      if (byte === semicolon) {
        this.pass(Number.POSITIVE_INFINITY, at)
        this.endLine()
        at = undefined
        if (this.pos++ >= end) return
      } else if (byte === comma) {
        this.pos++
      } else {
        at = this.segment(at)
      }
    }
  }

  private segment(before: Spot | undefined): Spot | undefined {
    this.column += this.vlq()
    const isMapped = this.more()
    if (isMapped) {
      this.source += this.vlq()
      this.originalLine += this.vlq()
      // The original column is nowhere used.
      this.vlq()
    }
    const hasName = isMapped && this.more()
    if (hasName) this.name += this.vlq()
    const query = this.queries[this.answered]
    if (query?.line !== this.line) return undefined
    this.pass(this.column, before)
    if (!isMapped) return undefined
    if (hasName) this.note()
    return this.spot(before)
  }

  private spot(before: Spot | undefined): Spot {
    const { source, originalLine: line } = this
    if (before?.source === source && before.line === line) return before
    const spot = { source, line }
    this.first ??= spot
    this.severalSources ||= this.first.source !== source
    this.severalLines ||= this.severalSources || this.first.line !== line
    return spot
  }

  private note(): void {
    const { names } = this
    if (names.length === keptNames) names.shift()
    names.push({ column: this.column, name: this.name })
  }

  /** The queries before this column lie in the segment that was read last. */
  private pass(column: number, at: Spot | undefined): void {
    const { queries } = this
    for (; this.passed < queries.length; this.passed++) {
      const query = queries[this.passed] as Query
      if (query.line !== this.line || query.column >= column) return
      const names = this.names.filter((name) => query.column - name.column < keptColumns).reverse()
      // `first` is filled in at the end of the line.
      const first = { source: -1, line: -1 }
      this.hits[this.passed] = { first, at, severalLines: false, severalSources: false, names }
    }
  }

  private endLine(): void {
    const { first, severalLines, severalSources } = this
    for (; this.answered < this.passed; this.answered++) {
      const hit = this.hits[this.answered] as Hit
      this.hits[this.answered] = first && { ...hit, first, severalLines, severalSources }
    }
    this.line++
    this.column = 0
    this.names.length = 0
    this.first = undefined
    this.severalLines = this.severalSources = false
  }

  private more(): boolean {
    const byte = this.pos < this.end ? this.bytes[this.pos] : semicolon
    return byte !== comma && byte !== semicolon
  }

  private vlq(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 5) {
      const digit = this.pos < this.end ? (digits[this.bytes[this.pos++] as number] as number) : -1
      if (digit < 0) break
      value += (digit & 31) * 2 ** shift
      if (digit < 32) return value % 2 === 0 ? value / 2 : -(value - 1) / 2
    }
    throw new Error(`no number at byte ${this.pos}`)
  }
}
