/** Tags of an upload by key; a key given twice keeps its last value, as Datadog's clients expect. */
export type Tags = Map<string, string>

/**
 * Reads `tags_profiler` and `process_tags`: `key:value` pairs joined by commas, split at the first colon. `\,` is a comma and `\\` a
 * backslash of the value; a backslash before anything else is itself, so that text of clients which escape nothing
 * (dd-trace, libdatadog) reads as they meant it unless a value holds a comma. Never throws; pairs without a key are skipped, and so is
 * the value `undefined`, which dd-trace writes for a version that is not set.
 */
export function parseTags(text: string): Tags {
  const tags: Tags = new Map()
  for (const pair of splitPairs(text)) {
    const colon = pair.indexOf(':')
    const key = (colon < 0 ? pair : pair.slice(0, colon)).trim()
    const value = colon < 0 ? '' : pair.slice(colon + 1)
    if (key !== '' && value !== 'undefined') tags.set(key, value)
  }
  return tags
}

/**
 * Writes what parseTags reads. Undefined, null and empty values are left out. Keys cannot be escaped: a comma, colon or backslash in
 * one becomes `_`.
 */
export function formatTags(tags: Iterable<readonly [string, unknown]>): string {
  const pairs: string[] = []
  for (const [key, value] of tags) {
    const safeKey = key.trim().replace(/[,:\\]/g, '_')
    const text = value === undefined || value === null ? '' : String(value)
    if (safeKey !== '' && text !== '') pairs.push(`${safeKey}:${escapeValue(text)}`)
  }
  return pairs.join(',')
}

// As little as can be undone: Datadog's own servers know no escapes, and show Windows paths as they are.
function escapeValue(value: string): string {
  return value.replace(/\\(?=[\\,]|$)|,/g, (found) => `\\${found}`)
}

function splitPairs(text: string): string[] {
  const pairs: string[] = []
  let pair = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    const next = text[at + 1]
    if (char === '\\' && (next === ',' || next === '\\')) {
      pair += next
      at++
    } else if (char === ',') {
      pairs.push(pair)
      pair = ''
    } else {
      pair += char
    }
  }
  pairs.push(pair)
  return pairs
}
