import { CodedError } from '../../pprof/errors'

/** One term of a selector. `pattern` may hold `*` for any run of characters. */
export interface TagMatch {
  readonly key: string
  readonly pattern: string
  readonly negated: boolean
}

/** All keys must match. Of several terms of one key any may match, of several negated ones none. */
export type Selector = readonly TagMatch[]

const maxTerms = 64

/**
 * Reads `service:shop env:prod version:1.2* -host:a "name:with spaces"`. A term is split at its first colon; a quoted value
 * (`version:"1 2"`) or term may hold blanks, `\"` and `\\`. A process without the tag has the empty value, so `-env:prod`
 * takes it and `env:*` does too; `-env:""` refuses it. Throws CodedError query_invalid.
 */
export function parseSelector(text: string): TagMatch[] {
  const terms = splitTerms(text)
  if (terms.length > maxTerms) invalid(`has ${terms.length} terms; the limit is ${maxTerms}`)
  return terms.map((term) => {
    const negated = term.startsWith('-')
    const body = negated ? term.slice(1) : term
    const colon = body.indexOf(':')
    if (colon < 1) invalid(`has the term ${JSON.stringify(term)}; a term is key:value or -key:value`)
    return { key: body.slice(0, colon), pattern: body.slice(colon + 1), negated }
  })
}

/** Writes what parseSelector reads. */
export function formatSelector(selector: Selector): string {
  return selector
    .map(({ key, pattern, negated }) => {
      const term = `${negated ? '-' : ''}${key}:${pattern}`
      return /[\s"\\]/.test(term) || pattern === '' ? `"${term.replace(/["\\]/g, '\\$&')}"` : term
    })
    .join(' ')
}

/** True where a process with these tags is selected. The truth that a store's own way of selecting must equal. */
export function matchesSelector(selector: Selector, tagOf: (key: string) => string): boolean {
  const wanted = new Map<string, boolean>()
  for (const { key, pattern, negated } of selector) {
    const hit = matchesPattern(pattern, tagOf(key))
    if (negated && hit) return false
    if (!negated) wanted.set(key, (wanted.get(key) ?? false) || hit)
  }
  return ![...wanted.values()].includes(false)
}

/** `*` stands for any run of characters. Linear: a pattern of a stranger costs no more than its length times the text's. */
export function matchesPattern(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return pattern === text
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const piece of rest) {
    const found = text.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}

function splitTerms(text: string): string[] {
  const terms: string[] = []
  let term = ''
  let quoted = false
  let started = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if (quoted && char === '\\' && at + 1 < text.length) {
      term += text[++at]
    } else if (char === '"') {
      quoted = !quoted
      started = true
    } else if (!quoted && /\s/.test(char)) {
      if (started) terms.push(term)
      term = ''
      started = false
    } else {
      term += char
      started = true
    }
  }
  if (quoted) invalid('has a quote that is not closed')
  if (started) terms.push(term)
  return terms
}

function invalid(reason: string): never {
  throw new CodedError('query_invalid', { field: 'q', reason })
}
