/** A run of bytes in the text of a source map; empty where the map has none. */
export interface Range {
  start: number
  end: number
}

/** A part of a source map with its own tables: a whole map, or one section of it (ECMA-426, "sections"). */
export interface Section {
  /** Where in the generated code it begins, 0-based. */
  line: number
  column: number
  /** Base64 VLQ, without the quotes. */
  mappings: Range
  /** JSON arrays of strings, brackets included. */
  sources: Range
  names: Range
  sourceRoot: string
}

const maxSections = 10_000
const maxDepth = 64
const maxTextBytes = 4_096

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/**
 * Finds the tables of a source map in its JSON without making objects of them: sources of a whole bundle are passed over, and a map of
 * a million names takes no memory but its bytes. In the order of the file. Throws on what is no such JSON.
 */
export function readSections(json: Uint8Array): Section[] {
  const reader = new MapReader(json)
  reader.to(openBrace)
  return reader.map({ line: 0, column: 0 }, true)
}

/** Those texts of a JSON array of strings whose numbers are wanted. Longer ones than 4,096 bytes and other values are left out. */
export function pickStrings(
  json: Uint8Array,
  { start, end }: Range,
  wanted: ReadonlySet<number>,
): Map<number, string> {
  const picked = new Map<number, string>()
  if (start === end) return picked
  const reader = new MapReader(json, start)
  reader.array((index) => {
    const from = reader.pos
    reader.skip()
    if (!wanted.has(index)) return
    const text = textOf(json, { start: from, end: reader.pos })
    if (text !== undefined) picked.set(index, text)
  })
  return picked
}

function textOf(json: Uint8Array, { start, end }: Range): string | undefined {
  if (json[start] !== quote || end - start > maxTextBytes) return undefined
  return JSON.parse(Buffer.from(json.buffer, json.byteOffset + start, end - start).toString()) as string
}

class MapReader {
  constructor(
    private readonly json: Uint8Array,
    public pos = 0,
  ) {}

  /** Goes to the first such byte: a byte order mark or a guard against scripts may stand before a map. */
  to(byte: number): void {
    this.pos = this.json.indexOf(byte, this.pos)
    if (this.pos < 0) throw new Error('no JSON object')
  }

  map(offset: { line: number; column: number }, mayHaveSections: boolean): Section[] {
    const empty = { start: 0, end: 0 }
    const own: Section = { ...offset, mappings: empty, sources: empty, names: empty, sourceRoot: '' }
    let sections: Section[] | undefined
    this.object((key) => {
      const start = this.pos
      if (key === 'sections' && mayHaveSections) {
        sections = this.sections()
        return
      }
      this.skip()
      const range = { start, end: this.pos }
      const first = this.json[start]
      if (key === 'mappings' && first === quote) own.mappings = { start: start + 1, end: this.pos - 1 }
      else if (key === 'sources' && first === openBracket) own.sources = range
      else if (key === 'names' && first === openBracket) own.names = range
      else if (key === 'sourceRoot') own.sourceRoot = textOf(this.json, range) ?? ''
    })
    return sections ?? [own]
  }

  private sections(): Section[] {
    const sections: Section[] = []
    this.array(() => {
      if (sections.length === maxSections) throw new Error(`more than ${maxSections} sections`)
      const offset = { line: 0, column: 0 }
      let maps: Section[] = []
      this.object((key) => {
        // What follows has its place after `offset` has been read, in whatever order they come.
        if (key === 'map') maps = this.map(offset, false)
        else if (key === 'offset') {
          this.object((name) => {
            const value = this.number()
            if (name === 'line' || name === 'column') offset[name] = value
          })
        } else this.skip()
      })
      for (const map of maps) sections.push({ ...map, ...offset })
    })
    return sections
  }

  /** Calls `value` at each value of the object here; it has to pass over it. */
  private object(value: (key: string) => void): void {
    this.items(openBrace, closeBrace, () => {
      const start = this.pos
      if (this.json[start] !== quote) throw new Error(`no key at byte ${start}`)
      this.skipString()
      const key = this.pos - start > 32 ? '' : (textOf(this.json, { start, end: this.pos }) ?? '')
      this.blanks()
      if (this.json[this.pos++] !== 0x3a) throw new Error(`no colon at byte ${this.pos - 1}`)
      this.blanks()
      value(key)
    })
  }

  array(value: (index: number) => void): void {
    let index = 0
    this.items(openBracket, closeBracket, () => value(index++))
  }

  private items(open: number, close: number, item: () => void): void {
    const { json } = this
    if (json[this.pos++] !== open) throw new Error(`another type of value at byte ${this.pos - 1}`)
    this.blanks()
    if (json[this.pos] === close) {
      this.pos++
      return
    }
    for (;;) {
      item()
      this.blanks()
      const byte = json[this.pos++]
      if (byte === close) return
      if (byte !== comma) throw new Error(`no comma at byte ${this.pos - 1}`)
      this.blanks()
    }
  }

  private number(): number {
    const start = this.pos
    this.skip()
    const value = Number(Buffer.from(this.json.subarray(start, Math.min(this.pos, start + 16))).toString())
    return Number.isSafeInteger(value) && value >= 0 ? value : 0
  }

  private blanks(): void {
    for (let byte = this.json[this.pos]; byte === 0x20 || (byte !== undefined && byte >= 9 && byte <= 13); ) {
      byte = this.json[++this.pos]
    }
  }

  private skipString(): void {
    const { json } = this
    let pos = this.pos + 1
    for (const end = json.length; pos < end; pos++) {
      const byte = json[pos]
      if (byte === quote) {
        this.pos = pos + 1
        return
      }
      if (byte === backslash) pos++
    }
    throw new Error('the JSON ends inside a string')
  }

  /** Passes over the value here, without recursion. */
  skip(): void {
    const { json } = this
    let depth = 0
    while (this.pos < json.length) {
      const byte = json[this.pos]
      if (byte === quote) this.skipString()
      else if (byte === openBrace || byte === openBracket) {
        if (++depth > maxDepth) throw new Error('the JSON is nested too deep')
        this.pos++
      } else if (byte === closeBrace || byte === closeBracket) {
        if (depth === 0) return
        depth--
        this.pos++
      } else if (byte === comma && depth === 0) return
      else {
        this.pos++
        continue
      }
      if (depth === 0) return
    }
    throw new Error('the JSON ends inside a value')
  }
}
