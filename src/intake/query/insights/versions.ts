import type { Insight } from '../../../pprof/answers'
import { chanceOf } from '../../../pprof/chance'
import { CodedError } from '../../../pprof/errors'
import { wallKind } from '../../store/kinds'
import type { Sources } from '../queries'
import { parseSelector } from '../selector'
import { topFunctions } from '../top-functions'
import type { SelectionParams, TopFunctions } from '../types'
import { duration, finding, grouped, percent, queryOf } from './finding'

const minRequests = 20
/** Of the CPU time of the newer version: what is below is not worth a word. */
const minShare = 0.02
const maxPerService = 3
/** As often as all clients sample, to tell a change from chance. */
const nanosPerSample = 10e6
const maxChance = 0.01
const minuteMs = 60_000

/** The rule on what a request costs in the newest version against the one before it. */
export async function requestCosts(sources: Sources, params: SelectionParams): Promise<Insight[]> {
  const selection = { q: params.q, fromMs: params.fromMs, toMs: params.toMs }
  const base = {
    ...selection,
    ...{ kind: wallKind.name, value: 'cpu', limit: 1, groupBy: ['service', 'version', 'endpoint'] },
  }
  const total = await topFunctions(sources, base)
  const each = await topFunctions(sources, { ...base, per: 'request' }).catch((error: unknown) => {
    // Nobody counts requests here.
    if (error instanceof CodedError && error.code === 'query_invalid') return undefined
    throw error
  })
  if (each === undefined) return []
  const costs = costsOf(total, each)
  const found: Insight[] = []
  for (const [service, versions] of await lastVersions(sources, selection)) {
    const [older, newer] = versions
    const of = (version: string) => costs.filter((one) => one.service === service && one.version === version)
    const whole = of(newer).reduce((sum, { nanos }) => sum + nanos, 0)
    const grown = of(newer).flatMap((now) => {
      const before = of(older).find(({ endpoint }) => endpoint === now.endpoint)
      if (now.endpoint === '' || before === undefined || now.nanos < minShare * whole) return []
      if (Math.min(before.requests, now.requests) < minRequests) return []
      const samples = [before, now].map(({ nanos }) => nanos / nanosPerSample) as [number, number]
      if (chanceOf(...samples, before.requests, now.requests) > maxChance) return []
      const value = now.perRequest / before.perRequest - 1
      return finding(selection, {
        ...{ rule: 'request-cost', service, value },
        text: `A request of ${now.endpoint} costs ${duration(now.perRequest)} of CPU in version ${newer} of ${service}, ${percent(value)} more than in ${older} (${duration(before.perRequest)}).`,
        path: '/compare',
        params: {
          ...{
            kind: 'wall',
            value: 'cpu',
            endpoint: now.endpoint,
            per: 'request',
            tab: 'table',
            norm: '0',
          },
          'a.q': queryOf(params.q, service, older),
          'b.q': queryOf(params.q, service, newer),
        },
      })
    })
    found.push(...grown.sort((a, b) => b.figure.value - a.figure.value).slice(0, maxPerService))
  }
  return found
}

interface Cost {
  service: string
  version: string
  endpoint: string
  nanos: number
  perRequest: number
  requests: number
}

function costsOf(total: TopFunctions, each: TopFunctions): Cost[] {
  return total.groups.flatMap(({ by, total: nanos }) => {
    const [service = '', version = '', endpoint = ''] = by
    const perRequest = each.groups.find((one) => one.by.join('\0') === by.join('\0'))?.total ?? 0
    if (perRequest === 0) return []
    return [{ service, version, endpoint, nanos, perRequest, requests: nanos / perRequest }]
  })
}

/** Of each service the two versions that were seen first last, the older one first. */
async function lastVersions(
  { profiles }: Sources,
  { q, fromMs, toMs }: SelectionParams,
): Promise<Map<string, [older: string, newer: string]>> {
  const points = await profiles.series({
    ...{ selector: parseSelector(q), fromMs, toMs, kind: wallKind.name, groupBy: ['service', 'version'] },
    stepMs: minuteMs,
  })
  const first = new Map<string, { service: string; version: string; timeMs: number }>()
  for (const { group, timeMs } of points) {
    const [service = '', version = ''] = group
    const key = group.join('\0')
    if (version !== '' && timeMs < (first.get(key)?.timeMs ?? Number.POSITIVE_INFINITY))
      first.set(key, { service, version, timeMs })
  }
  const byService = grouped([...first.values()], ({ service }) => service)
  return new Map(
    [...byService].flatMap(([service, versions]) => {
      const [older, newer] = versions
        .sort((a, b) => a.timeMs - b.timeMs || a.version.localeCompare(b.version, 'en', { numeric: true }))
        .slice(-2)
      return older && newer ? [[service, [older.version, newer.version]]] : []
    }),
  )
}
