import type { Insight } from '../../../pprof/answers'
import { valueIndex, wallKind } from '../../store/kinds'
import type { Frame } from '../../store/profile-store'
import type { Sources } from '../queries'
import { topFunctions } from '../top-functions'
import type { SelectionParams } from '../types'
import { type WeightedStacks, weightedStacks } from '../weighted-stacks'
import { finding, percent } from './finding'

const [wallIndex, cpuIndex] = [valueIndex(wallKind, 'wall'), valueIndex(wallKind, 'cpu')]
const maxServices = 20

const isGc = ({ name, file }: Frame) => file === '' && name === '(garbage collector)'
const isRegExp = ({ name, file }: Frame) => file === '' && name.startsWith('RegExp: ')
const jsonPackages = /[\\/]node_modules[\\/](?:[^\\/]*[\\/])?[^\\/]*json[^\\/]*[\\/]/i
const jsonBuiltins = new Set(['parse', 'stringify', 'JSON.parse', 'JSON.stringify'])
const isJson = ({ name, file }: Frame) => jsonPackages.test(file) || (file === '' && jsonBuiltins.has(name))

export interface ServiceShares {
  services: string[]
  otherServices: number
  insights: Insight[]
}

/** Rules on what functions and endpoints have of a service's time: garbage collection, regular expressions, JSON, one endpoint. */
export async function shares(sources: Sources, params: SelectionParams): Promise<ServiceShares> {
  const selection = { q: params.q, fromMs: params.fromMs, toMs: params.toMs }
  const stacks = await weightedStacks(sources, { ...selection, value: 'cpu' }, ['service'], maxServices)
  const { selector, ...range } = { selector: [], fromMs: selection.fromMs, toMs: selection.toMs }
  const covered = await sources.profiles.coverage({
    ...range,
    selector,
    kind: wallKind.name,
    groupBy: ['service'],
  })
  const services = stacks.groups.map(({ by }) => by[0] as string)
  const insights: Insight[] = []
  services.forEach((service, group) => {
    const seconds = covered.find(({ group: of }) => of[0] === service)?.processSeconds ?? 0
    const gc = sumBy(stacks, group, wallIndex, isGc, 'leaf')
    if (seconds > 0) {
      insights.push(
        ...finding(selection, {
          ...{ rule: 'gc-share', service, value: gc.total / (seconds * 1e9) },
          text: `Garbage collection takes ${percent(gc.total / (seconds * 1e9))} of the time of ${service}.`,
          path: '/explore',
          params: { kind: 'wall', value: 'wall', function: '(garbage collector)' },
        }),
      )
    }
    const whole = sumBy(stacks, group, cpuIndex, () => true, 'leaf').total
    const regExp = sumBy(stacks, group, cpuIndex, isRegExp, 'leaf')
    const json = sumBy(stacks, group, cpuIndex, isJson, 'anywhere')
    const of = (sum: Sum) => ({ service, value: whole === 0 ? 0 : sum.largest / whole })
    const view = (sum: Sum) => ({
      path: '/explore',
      params: { kind: 'wall', value: 'cpu', function: sum.name },
    })
    insights.push(
      ...finding(selection, {
        ...{ rule: 'regular-expression', ...of(regExp), ...view(regExp) },
        text: `One regular expression takes ${percent(regExp.largest / whole)} of the CPU time of ${service}: ${short(regExp.name.slice('RegExp: '.length))}`,
      }),
      ...finding(selection, {
        ...{ rule: 'json', ...view(json), service, value: whole === 0 ? 0 : json.total / whole },
        text: `Reading and writing JSON takes ${percent(json.total / whole)} of the CPU time of ${service}, most of it in ${short(json.name)}.`,
      }),
    )
  })
  insights.push(...(await endpointShares(sources, selection)))
  return { services, otherServices: stacks.cutGroups, insights }
}

interface Sum {
  total: number
  /** Of the function that has most of it. */
  largest: number
  name: string
}

/** Time in functions, as the one that executes or anywhere on the stack (then the outermost of them counts). */
function sumBy(
  { rowStack, rowGroup, columns, stackStart, stackFrames, frames }: WeightedStacks,
  group: number,
  column: number,
  isWanted: (frame: Frame) => boolean,
  where: 'leaf' | 'anywhere',
): Sum {
  const wanted = frames.map(isWanted)
  const values = columns[column] as Float64Array
  const sums = new Map<string, number>()
  let total = 0
  rowStack.forEach((stack, row) => {
    if (rowGroup[row] !== group || stack < 0) return
    const from = stackStart[stack] as number
    const to =
      where === 'leaf'
        ? Math.min(from + 1, stackStart[stack + 1] as number)
        : (stackStart[stack + 1] as number)
    let found = -1
    for (let at = from; at < to; at++)
      if (wanted[stackFrames[at] as number]) found = stackFrames[at] as number
    if (found < 0) return
    const value = values[row] as number
    const { name } = frames[found] as Frame
    total += value
    sums.set(name, (sums.get(name) ?? 0) + value)
  })
  const [name, largest] = [...sums].reduce((most, one) => (one[1] > most[1] ? one : most), ['', 0])
  return { total, largest, name }
}

async function endpointShares(sources: Sources, selection: SelectionParams): Promise<Insight[]> {
  const query = { ...selection, kind: wallKind.name, value: 'cpu', limit: 1 }
  const { groups } = await topFunctions(sources, { ...query, groupBy: ['service', 'endpoint'] })
  const whole = new Map<string, number>()
  for (const { by, total } of groups) whole.set(by[0] as string, (whole.get(by[0] as string) ?? 0) + total)
  return groups.flatMap(({ by: [service = '', endpoint = ''], total }) => {
    const value = total / (whole.get(service) || 1)
    if (endpoint === '') return []
    return finding(selection, {
      ...{ rule: 'endpoint-share', service, value },
      text: `${short(endpoint)} alone takes ${percent(value)} of the CPU time of ${service}.`,
      path: '/explore',
      params: { kind: 'wall', value: 'cpu', endpoint },
    })
  })
}

const short = (text: string) => (text.length > 80 ? `${text.slice(0, 79)}…` : text)
