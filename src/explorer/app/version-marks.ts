import { useMemo } from 'preact/hooks'
import type { Metrics } from '../../pprof/answers'
import type { TimeSeries } from '../charts/draw'
import { shown } from '../flame/text'
import { measured, selection } from '../url/chosen'
import { useQuery } from './use-query'

/**
 * When each version of the selection was first seen, for the charts over the same steps. One that is there from the first step with data on
 * may be older than the range, and has no mark.
 */
export function useVersionMarks(stepMs: number): TimeSeries['marks'] {
  const { data } = useQuery<Metrics>('metrics', {
    ...selection.value,
    ...{ kind: measured.value.kind, groupBy: ['version'], stepMs },
  })
  return useMemo(() => data && versionMarks(data), [data])
}

export function versionMarks({ groups, timesMs }: Pick<Metrics, 'groups' | 'timesMs'>) {
  const firsts = groups
    .filter(({ by }) => by[0] !== '')
    .map(({ by, total }) => ({ version: by[0] as string, at: total.findIndex((value) => value !== null) }))
    .filter(({ at }) => at >= 0)
  const start = Math.min(...firsts.map(({ at }) => at))
  return firsts
    .filter(({ at }) => at > start)
    .map(({ version, at }) => ({ timeMs: timesMs[at] as number, text: shown(version, 24) }))
}
