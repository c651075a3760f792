import type { Coverage, CoverageQuery, ProfileRow } from '../store/profile-store'
import type { Sources } from './queries'

/** What single profiles cover: their own time, and the requests of their processes where they start. */
export async function rowCoverage(
  { profiles }: Sources,
  query: CoverageQuery,
  rows: readonly ProfileRow[],
): Promise<Coverage | undefined> {
  if (rows.length === 0) return undefined
  const starts = rows.map(({ startMs }) => startMs)
  const processes = rows.map(({ tags }) => ({
    key: 'runtime-id',
    pattern: (tags['runtime-id'] ?? '').replaceAll('*', ''),
    negated: false,
  }))
  const [around] = await profiles.coverage({
    ...query,
    ...{
      selector: [...query.selector, ...processes],
      fromMs: Math.min(...starts),
      toMs: Math.max(...starts) + 1,
    },
  })
  return {
    group: [],
    profiles: rows.length,
    processSeconds: rows.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0) / 1_000,
    unionSeconds: unionMs(rows) / 1_000,
    requests: around?.requests ?? 0,
  }
}

function unionMs(rows: readonly Pick<ProfileRow, 'startMs' | 'endMs'>[]): number {
  let [union, reached] = [0, 0]
  for (const { startMs, endMs } of [...rows].sort((a, b) => a.startMs - b.startMs)) {
    union += Math.max(0, endMs - Math.max(startMs, reached))
    reached = Math.max(reached, endMs)
  }
  return union
}
