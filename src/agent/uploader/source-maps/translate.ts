import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pickStrings, readSections, type Section } from './map-file'
import { type Hit, lookUp } from './mappings'
import { functionMayBegin, standsBefore, type TextAround, textAround } from './script-text'

/** A frame in the script that runs. `line` and `column` are 1-based; `column`, where the function begins, is 0 where nobody knows it. */
export interface Place {
  line: number
  column: number
  name: string
}

/** A frame as the profile shows it. */
export interface Original extends Place {
  file: string
}

/** A place that is asked for, and what the map says about it. */
interface Question {
  place: Place
  /** 0-based. */
  line: number
  column: number
  hit?: Hit
  section?: Section
  around?: TextAround
}

const byPlace = (a: Question, b: Question) => a.line - b.line || a.column - b.column

/**
 * The originals of places of a script, undefined where the map has none. Throws on a map that is none.
 * @param folder that paths in the map are relative to
 * @param readScript called where the map alone does not tell which of several functions on one line is meant
 */
export function translate(
  map: Uint8Array,
  folder: string,
  places: readonly Place[],
  readScript: () => Buffer | undefined,
): (Original | undefined)[] {
  const questions = places.map((place): Question => {
    // All of a script is a function that begins at its first byte: that tells nothing about the line that runs.
    const column = place.line === 1 && place.column <= 1 ? -1 : place.column - 1
    return { place, line: place.line - 1, column }
  })
  const sorted = [...questions].sort(byPlace)
  const sections = readSections(map).sort((a, b) => a.line - b.line || a.column - b.column)
  askSections(map, sections, sorted)
  lookAtScript(sorted, readScript)
  return nameOriginals(map, folder, questions)
}

function askSections(map: Uint8Array, sections: readonly Section[], sorted: readonly Question[]): void {
  let next = 0
  sections.forEach((section, index) => {
    const after = sections[index + 1]
    const asked: Question[] = []
    for (; next < sorted.length; next++) {
      const question = sorted[next] as Question
      if (after && (question.line - after.line || Math.max(0, question.column) - after.column) >= 0) break
      if (question.line >= section.line) asked.push(question)
    }
    if (asked.length === 0) return
    const queries = asked.map(({ line, column }) => {
      const shift = line === section.line ? section.column : 0
      return { line: line - section.line, column: column < 0 ? -1 : Math.max(0, column - shift) }
    })
    const hits = lookUp(map, section.mappings.start, section.mappings.end, queries)
    asked.forEach((question, i) => {
      const hit = hits[i]
      if (!hit) return
      question.section = section
      question.hit = hit
    })
  })
}

/** Only where it matters: in what compilers print line by line, a line has one original and names stay. */
function lookAtScript(sorted: readonly Question[], readScript: () => Buffer | undefined): void {
  const unclear = sorted.filter(
    ({ column, hit }) => column >= 0 && hit && (hit.severalLines || hit.names.length > 0),
  )
  const script = unclear.length > 0 ? readScript() : undefined
  if (!script) return
  textAround(script, unclear).forEach((around, i) => {
    if (around && functionMayBegin(around)) (unclear[i] as Question).around = around
  })
}

function nameOriginals(
  map: Uint8Array,
  folder: string,
  questions: readonly Question[],
): (Original | undefined)[] {
  const found = questions.map((question) => ({ question, spot: spotOf(question), name: nameOf(question) }))
  const texts = new Map<Section, { sources: Map<number, string>; names: Map<number, string> }>()
  for (const section of new Set(questions.flatMap(({ section }) => section ?? []))) {
    const own = found.filter(({ question }) => question.section === section)
    const sources = new Set(own.flatMap(({ spot }) => spot?.source ?? []))
    const names = new Set(own.flatMap(({ name }) => name?.number ?? []))
    texts.set(section, {
      sources: pickStrings(map, section.sources, sources),
      names: pickStrings(map, section.names, names),
    })
  }
  const fileOf = cached((root: string, source: string) => sourceFile(folder, root, source))
  return found.map(({ question: { place, section }, spot, name }) => {
    const text = section && texts.get(section)
    const source = spot && text?.sources.get(spot.source)
    if (!section || !spot || source === undefined || spot.line < 0 || spot.line >= 2 ** 31 - 1)
      return undefined
    const original = name && text?.names.get(name.number)
    return {
      file: fileOf(section.sourceRoot, source),
      line: spot.line + 1,
      column: 0,
      name: original ? name.prefix + original : place.name,
    }
  })
}

function spotOf({ hit, around }: Question): Hit['at'] {
  if (!hit) return undefined
  if (!hit.severalLines) return hit.first
  // Where a function begins is right to a few lines, the line's first mapping to a few if it all comes from one source.
  if (around) return hit.at
  return hit.severalSources ? undefined : hit.first
}

/** V8 puts what a function belongs to before its name: `get size`, `exports.run`. */
function nameOf({ place, column, hit, around }: Question): { prefix: string; number: number } | undefined {
  const identifier = /[^. ]*$/.exec(place.name)?.[0] ?? ''
  if (!hit || !around || identifier === '' || place.name.startsWith('(')) return undefined
  const found = hit.names.find((name) => standsBefore(around, identifier, column - name.column))
  return found && { prefix: place.name.slice(0, place.name.length - identifier.length), number: found.name }
}

function sourceFile(folder: string, root: string, source: string): string {
  const hasScheme = /^[a-z][a-z0-9+.-]*:/i
  const path = root === '' || hasScheme.test(source) ? source : `${root.replace(/\/$/, '')}/${source}`
  try {
    if (path.startsWith('file:')) return fileURLToPath(path)
  } catch {
    return path
  }
  return hasScheme.test(path) ? path : resolve(folder, path)
}

function cached(make: (a: string, b: string) => string): (a: string, b: string) => string {
  const made = new Map<string, string>()
  return (a, b) => {
    const key = `${a}\n${b}`
    const known = made.get(key) ?? make(a, b)
    made.set(key, known)
    return known
  }
}
