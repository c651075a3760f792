import type { ProfileInfo as ListedProfile, ServiceSummary as Service } from '../pprof/answers'
import { rangeText, refuseNoProfiles } from './nothing'
import { readArguments } from './options'
import { Refusal } from './refusal'
import { table } from './table'

/** `ls [selector]`: the services of an intake, or the profiles that a selector chooses. */
export async function ls(argv: readonly string[]): Promise<string[]> {
  const { client, positionals, range, filter, limit, json } = readArguments(argv, {}, 100)
  const q = positionals.join(' ')
  if (q === '') {
    const services = await client.json<Service[]>('services', range)
    if (json) return [JSON.stringify(services)]
    if (services.length === 0) throw new Refusal(`no service reported ${rangeText(range)}`)
    const rows = services.map((one) => {
      const { service, processes, profiles, lastMs } = one
      return [
        profiles,
        processes,
        new Date(lastMs).toISOString(),
        service,
        ...[one.envs, one.versions, one.kinds].map(String),
      ]
    })
    return table([['profiles', 'processes', 'last', 'service', 'env', 'version', 'kinds'], ...rows], 2)
  }
  const profiles = await client.json<ListedProfile[]>('profiles', { q, ...range, kind: filter.kind, limit })
  if (json) return [JSON.stringify(profiles)]
  refuseNoProfiles(q, range, filter.kind as string | undefined, profiles.length)
  const rows = profiles.map(({ id, name, tags, startMs, endMs, samples, bytes }) => {
    const seconds = ((endMs - startMs) / 1_000).toFixed(0)
    const about = [tags.service, tags.env, tags.version, tags.host].filter(Boolean).join(' ')
    return [samples, bytes, seconds, new Date(startMs).toISOString(), id, name, about]
  })
  return table([['samples', 'bytes', 'seconds', 'start', 'id', 'name', 'process'], ...rows], 3)
}
