/** A place in a script, 0-based, the column in UTF-16 units as JavaScript and source maps count. */
export interface TextPlace {
  line: number
  column: number
}

/** The text around a place, some of it on the same line before it and some after. */
export interface TextAround {
  before: string
  after: string
}

const bytesBefore = 1_024
const bytesAfter = 128
const newline = 0x0a

/**
 * The text at places of a script, in one pass; undefined where the line is not as long.
 * @param places by line, then by column
 */
export function textAround(script: Buffer, places: readonly TextPlace[]): (TextAround | undefined)[] {
  let line = 0
  let lineStart = 0
  let pos = 0
  let column = 0
  return places.map((place) => {
    while (line < place.line) {
      const end = script.indexOf(newline, lineStart)
      if (end < 0) return undefined
      lineStart = pos = end + 1
      column = 0
      line++
    }
    while (column < place.column && pos < script.length && script[pos] !== newline) {
      const lead = script[pos] as number
      pos += lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
      column += lead < 0xf0 ? 1 : 2
    }
    if (column !== place.column) return undefined
    return {
      before: script.toString('utf8', Math.max(lineStart, pos - bytesBefore), pos),
      after: script.toString('utf8', pos, pos + bytesAfter),
    }
  })
}

// V8 has a function begin at its parameters.
const parameters = /^(?:async\b[ \t]*)?(?:\(|[\w$\u0080-\uffff]+[ \t]*=>)/

/** Whether a function may begin there: the executing line need not be the one on which the function begins. */
export function functionMayBegin({ after }: TextAround): boolean {
  return parameters.test(after)
}

/** Whether this identifier stands `back` columns before the place. */
export function standsBefore({ before }: TextAround, identifier: string, back: number): boolean {
  const at = before.length - back
  const next = before[at + identifier.length] ?? ''
  return at >= 0 && before.startsWith(identifier, at) && !/[\w$\u0080-\uffff]/.test(next)
}
