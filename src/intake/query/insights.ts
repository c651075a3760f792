import { wallKind } from '../store/kinds'
import { grouped } from './insights/finding'
import { heapGrowth } from './insights/heap'
import { SampleRules } from './insights/samples'
import { shares } from './insights/shares'
import { requestCosts } from './insights/versions'
import { selectionOf } from './params'
import type { Sources } from './queries'
import { readRows } from './raw-profiles'
import type { Insights, SelectionParams } from './types'

const maxListed = 1_000

/** What stands out in a selection: each rule by service. */
export async function insights(sources: Sources, params: SelectionParams): Promise<Insights> {
  const selection = selectionOf(params, sources.limits)
  const { services, otherServices, insights: found } = await shares(sources, params)
  found.push(...(await requestCosts(sources, params)))
  const heap = await heapGrowth(sources, params)
  found.push(...heap.insights)
  const query = { ...selection, kind: wallKind.name, limit: maxListed }
  const rows = await sources.profiles.listProfiles(query)
  const byService = grouped(rows, ({ tags }) => tags.service ?? '')
  const perService = Math.max(1, Math.floor(sources.limits.insightProfiles / Math.max(1, byService.size)))
  let rawProfiles = heap.read
  for (const service of services) {
    const rules = new SampleRules(service, params.q)
    const newest = (byService.get(service) ?? []).slice(0, perService)
    for await (const { row, profile } of readRows(sources, newest, () => {})) {
      rules.add(profile, row)
      rawProfiles++
    }
    found.push(...rules.findings())
  }
  const above = ({ figure }: (typeof found)[number]) => figure.value / figure.bound
  const order = { high: 0, medium: 1 }
  found.sort((a, b) => order[a.severity] - order[b.severity] || above(b) - above(a))
  return { insights: found, services: services.length, otherServices, rawProfiles }
}
