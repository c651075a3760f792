/** One term of a query, `key:pattern`, or `-key:pattern`. */
export interface Term {
  key: string
  pattern: string
  negated: boolean
}

/** Reads a query as the intake does; undefined where it is not whole, which the intake says in words. */
export function readTerms(text: string): Term[] | undefined {
  const terms: Term[] = []
  // A term is pieces without white space, or in quotes with \ before a quote.
  const pattern = /\s*((?:"(?:\\[\s\S]|[^"\\])*"|[^\s"])+)/y
  let at = 0
  while (at < text.trimEnd().length) {
    pattern.lastIndex = at
    const [, raw] = pattern.exec(text) ?? []
    if (raw === undefined) return undefined
    at = pattern.lastIndex
    const plain = raw.replace(/"((?:\\[\s\S]|[^"\\])*)"/g, (_, inner: string) =>
      inner.replace(/\\([\s\S])/g, '$1'),
    )
    const negated = plain.startsWith('-')
    const body = negated ? plain.slice(1) : plain
    const colon = body.indexOf(':')
    if (colon < 1) return undefined
    terms.push({ key: body.slice(0, colon), pattern: body.slice(colon + 1), negated })
  }
  return terms
}

export function writeTerms(terms: readonly Term[]): string {
  return terms
    .map(({ key, pattern, negated }) => {
      const term = `${negated ? '-' : ''}${key}:${pattern}`
      return /[\s"\\]/.test(term) || pattern === '' ? `"${term.replace(/["\\]/g, '\\$&')}"` : term
    })
    .join(' ')
}

/** The value that a query wants of a tag, where it wants a single one. */
export function wantedValue(text: string, key: string): string | undefined {
  const found = (readTerms(text) ?? []).filter((term) => term.key === key)
  return found.length === 1 && !found[0]?.negated ? found[0]?.pattern : undefined
}

/** The query with one value wanted of a tag, or with none where the value is undefined. */
export function withValue(text: string, key: string, value: string | undefined): string {
  const others = (readTerms(text) ?? []).filter((term) => term.key !== key)
  return writeTerms(value === undefined ? others : [...others, { key, pattern: value, negated: false }])
}
