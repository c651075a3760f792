import type { TopFunctions } from '../pprof/answers'
import { refuseEmpty } from './nothing'
import { readArguments, withUsualValue } from './options'
import { missing, percent, placeOf, table, words } from './table'

/** `top <selector>`: the functions that cost most in what a selector chooses. */
export async function topQuery(argv: readonly string[]): Promise<string[]> {
  const { client, positionals, range, filter, limit, json } = readArguments(argv)
  const q = positionals.join(' ')
  const top = await client.json<TopFunctions>('top-functions', {
    q,
    ...range,
    ...withUsualValue(filter),
    limit,
  })
  if (json) return [JSON.stringify(top)]
  const { measure, total, functions } = top
  refuseEmpty(q, range, measure, total)
  const show = words(measure, total)
  const rows = functions.map(({ frame, self, total: whole }) => {
    return [show(self), percent(self, total), show(whole), percent(whole, total), frame.name, placeOf(frame)]
  })
  return [
    `${measure.kind} ${measure.value}: ${show(total)} in ${measure.profiles} profile${measure.profiles === 1 ? '' : 's'}`,
    ...missing(measure),
    '',
    ...table([['self', 'self%', 'total', 'total%', 'function', 'file:line'], ...rows], 4),
  ]
}
