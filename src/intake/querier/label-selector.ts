import { CodedError } from '../../pprof/errors'
import { formatSelector, type TagMatch } from '../query/selector'

/** Prometheus' label of a tag: what it does not allow in names becomes `_`. */
export function labelOf(tag: string): string {
  return tag === 'service' ? 'service_name' : tag.replace(/[^a-zA-Z0-9_]/g, '_')
}

/** The tag behind a label, of those that there are. A label that none stands behind selects nothing with a value. */
export function tagOf(label: string, tags: readonly string[]): string {
  return tags.find((tag) => labelOf(tag) === label) ?? label
}

/**
 * Reads `{service_name="shop", version=~"1\\..*|2.0", env!="dev"}` into a query of ours, `q`. Labels that begin with two underscores are
 * of the profile, and passed over. Of regular expressions those are understood that say "one of these texts" with `.*` and `.+` in them:
 * that is what Grafana's editor writes. Throws CodedError query_invalid.
 */
export function readLabelSelector(text: string, tags: readonly string[]): string {
  const body = text.trim().replace(/^\{([\s\S]*)\}$/, '$1')
  const terms: TagMatch[] = []
  const matcher = /\s*([a-zA-Z_][\w.:-]*)\s*(=~|!~|!=|=)\s*"((?:\\[\s\S]|[^"\\])*)"\s*(?:,|$)/y
  for (let at = 0; at < body.trimEnd().length; ) {
    matcher.lastIndex = at
    const [, label = '', operator = '', raw = ''] = matcher.exec(body) ?? []
    if (label === '') invalid(`cannot be read from ${JSON.stringify(body.slice(at, at + 40))} on`)
    at = matcher.lastIndex
    if (label.startsWith('__')) continue
    const value = raw.replace(/\\([\s\S])/g, (_, char) => (char === 'n' ? '\n' : char))
    const negated = operator.startsWith('!')
    const key = tagOf(label, tags)
    if (!negated && terms.some((term) => term.key === key && !term.negated))
      invalid(`asks twice for ${label}`)
    const patterns = operator.endsWith('~') ? alternatives(value) : [literal(value)]
    for (const pattern of patterns) terms.push({ key, pattern, negated })
  }
  return formatSelector(terms)
}

function literal(value: string): string {
  if (value.includes('*')) invalid('has a * in a text')
  return value
}

/** Patterns with `*` that match what the expression matches. */
function alternatives(expression: string): string[] {
  const bare = expression.replace(/^\^?(?:\(\?:|\()?([\s\S]*?)\)?\$?$/, '$1')
  return bare.split('|').map((part) => {
    const pattern = part.replace(/\.[*+]|\\([^a-zA-Z0-9])|[\\^$.|?*+()[\]{}]/g, (found, escaped) => {
      if (found === '.*' || found === '.+') return '*'
      // A dot between digits is nearly always meant as one.
      if (found === '.') return '.'
      if (escaped !== undefined && escaped !== '*') return escaped
      return invalid(
        `has the regular expression ${JSON.stringify(expression)}; texts, |, .* and .+ are understood`,
      )
    })
    return pattern
  })
}

function invalid(reason: string): never {
  throw new CodedError('query_invalid', { field: 'labelSelector', reason })
}
