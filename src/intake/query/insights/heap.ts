import type { Insight } from '../../../pprof/answers'
import type { Profile } from '../../../pprof/model'
import { functionStacks } from '../../store/function-stacks'
import { heapKind, valueColumn, valueIndex } from '../../store/kinds'
import type { Frame, ProfileRow } from '../../store/profile-store'
import { originOf } from '../origin'
import type { Sources } from '../queries'
import { readRows } from '../raw-profiles'
import { parseSelector } from '../selector'
import type { SelectionParams } from '../types'
import { calledOf, finding, grouped } from './finding'

const spaceIndex = valueIndex(heapKind, 'inuse_space')
const profilesNeeded = 6
const maxListed = 1_000
const maxPerService = 2
/** What the link shows before the first profile and after the last. */
const aroundMs = 60_000
/** The first upload of a process still loads its code. */
const settled = ({ tags }: ProfileRow) => tags.profile_seq !== '0'

interface Site {
  frame: Frame
  bytes: number[]
}

/** The rule on live heap that grows: a site whose live bytes are more in the last of six profiles of one process than in any before, and grew in at least four of the five steps. */
export async function heapGrowth(
  sources: Sources,
  params: SelectionParams,
): Promise<{ insights: Insight[]; read: number }> {
  const rows = await sources.profiles.listProfiles({
    ...{ selector: parseSelector(params.q), fromMs: params.fromMs, toMs: params.toMs },
    ...{ kind: heapKind.name, limit: maxListed },
  })
  const most = Math.floor(sources.limits.insightProfiles / profilesNeeded)
  const processes = [...grouped(rows.filter(settled), ({ tags }) => tags['runtime-id'] ?? '').values()]
    .filter((list) => list.length >= profilesNeeded)
    .map((list) => list.sort((a, b) => a.startMs - b.startMs))
    .map((list) => ({ list, grown: totalOf(list.at(-1)) - totalOf(list[0]) }))
    .filter(({ grown }) => grown > 0)
    .sort((a, b) => b.grown - a.grown)
    .slice(0, most)
  const found: Insight[] = []
  let read = 0
  for (const { list: all } of processes) {
    let six = await readSix(sources, all)
    read += six.read
    const since = six.samplingSince && all.slice(all.indexOf(six.samplingSince))
    if (since) {
      if (since.length < profilesNeeded || read + profilesNeeded > sources.limits.insightProfiles) continue
      six = await readSix(sources, since)
      read += six.read
    }
    const { list, sites } = six
    if (six.read < profilesNeeded || six.samplingSince) continue
    const service = list[0]?.tags.service ?? ''
    const seen = {
      fromMs: (list[0] as ProfileRow).startMs - aroundMs,
      toMs: (list.at(-1) as ProfileRow).endMs + aroundMs,
    }
    const minutes = ((list.at(-1)?.startMs ?? 0) - (list[0]?.startMs ?? 0)) / 60_000
    for (const { frame, bytes } of sites.values()) {
      if (!isGrowing(bytes)) continue
      const value = (bytes.at(-1) as number) - (bytes[0] as number)
      found.push(
        ...finding(
          { q: params.q, ...seen },
          {
            ...{ rule: 'heap-growth', service, value },
            text: `What ${calledOf(frame)} allocates stays alive: ${mebibytes(bytes[0] as number)} became ${mebibytes(bytes.at(-1) as number)} in ${minutesText(minutes)} in one process of ${service}, in ${profilesNeeded} profiles.`,
            path: '/functions',
            params: { kind: 'heap', value: 'inuse_space', fn: frame.name, file: frame.file },
          },
        ),
      )
    }
  }
  // Processes of one service leak at the same places.
  const byService = grouped(found, ({ service }) => service)
  const largest = [...byService.values()].flatMap((list) => {
    const order = list.sort((a, b) => b.figure.value - a.figure.value)
    const first = order.filter((one, i) => order.findIndex((other) => siteOf(other) === siteOf(one)) === i)
    return first.slice(0, maxPerService)
  })
  return { insights: largest, read }
}

interface Six {
  list: ProfileRow[]
  read: number
  sites: Map<string, Site>
  /** Where not all were sampled as often: the first that was sampled as the last. A sampler that changes starts anew, and what was alive before is in none after. */
  samplingSince: ProfileRow | undefined
}

/** Reads six of the profiles of one process, the first and the last among them. */
async function readSix(sources: Sources, all: readonly ProfileRow[]): Promise<Six> {
  const list = spread(all)
  const sites = new Map<string, Site>()
  const periods: bigint[] = []
  for await (const { profile } of readRows(sources, list, () => {})) {
    addSites(profile, periods.length, sites)
    periods.push(profile.period)
  }
  const since = periods.indexOf(periods.at(-1) as bigint)
  return { list, read: periods.length, sites, samplingSince: since > 0 ? list[since] : undefined }
}

const siteOf = ({ link: { params } }: Insight) => `${params.file}\0${params.fn}`

/** So many of a longer list, the first and the last among them. */
function spread<T>(list: readonly T[]): T[] {
  const step = (list.length - 1) / (profilesNeeded - 1)
  return Array.from({ length: profilesNeeded }, (_, i) => list[Math.round(i * step)] as T)
}

const totalOf = (row: ProfileRow | undefined) => row?.totals[spaceIndex] ?? 0

/** Sums by the innermost function of the application, or the allocating one where there is none. */
function addSites(profile: Profile, at: number, sites: Map<string, Site>): void {
  const bytes = valueColumn(profile, 'inuse_space')
  if (bytes === undefined) return
  const { frames, stackStart, stackFrames, ofSample } = functionStacks(profile)
  const isOwn = frames.map((frame) => originOf(frame) === 'own')
  ofSample.forEach((stack, sample) => {
    const ids = stackFrames.subarray(stackStart[stack], stackStart[stack + 1])
    const frame = frames[ids.find((id) => isOwn[id] === true) ?? (ids[0] as number)]
    if (frame === undefined) return
    const key = `${frame.line} ${frame.file}\0${frame.name}`
    const site = sites.get(key) ?? { frame, bytes: new Array(profilesNeeded).fill(0) }
    site.bytes[at] = (site.bytes[at] as number) + (bytes[sample] as number)
    sites.set(key, site)
  })
}

/** Sampling makes single steps go down; what comes and goes is not highest at the end after growing nearly all the way. */
function isGrowing(bytes: readonly number[]): boolean {
  const last = bytes.at(-1) as number
  const steps = bytes.slice(1).filter((value, i) => value > (bytes[i] as number)).length
  return steps >= profilesNeeded - 2 && last >= Math.max(...bytes) && last >= 1.5 * (bytes[0] as number)
}

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`
const minutesText = (minutes: number) =>
  minutes < 1.5 ? `${Math.round(minutes * 60)} s` : `${Math.round(minutes)} min`
