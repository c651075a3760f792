import type { Comparison, FlameGraph, Metrics, ServiceSummary } from '../../pprof/answers'
import { invalid } from '../query/params'
import type { QuerySource } from '../query-source'
import { labelOf, readLabelSelector, tagOf } from './label-selector'
import { diffLevels, flameLevels } from './levels'
import type * as messages from './messages'
import { measuredOf, profileTypes } from './profile-types'

const minStepMs = 60_000
const hourMs = 3_600_000
const usualNodes = 8_192
const maxNodes = 131_072
const maxLabels = 3
const maxValues = 10_000

/** Pyroscope's querier on our query API: what Grafana's datasource asks. Rejects with CodedError. */
export class Querier {
  constructor(private readonly queries: QuerySource) {}

  async profileTypes(request: {
    start: bigint
    end: bigint
  }): Promise<{ profileTypes: messages.ProfileType[] }> {
    return { profileTypes: profileTypes(await this.#kinds(rangeOf(request))) }
  }

  async labelNames(request: { start: bigint; end: bigint; matchers: readonly string[] }) {
    const range = rangeOf(request)
    const tags = await this.#tags(range)
    const q = this.#query(request.matchers, tags)
    const names = await this.#ask<string[]>('tagKeys', { q, ...range })
    return { names: [...new Set(names.map(labelOf))].sort() }
  }

  async labelValues(request: { start: bigint; end: bigint; name: string; matchers: readonly string[] }) {
    const range = rangeOf(request)
    const tags = await this.#tags(range)
    const params = { q: this.#query(request.matchers, tags), ...range, limit: maxValues }
    if (request.name === '__profile_type__')
      return { names: profileTypes(await this.#kinds(range)).map(({ ID }) => ID) }
    if (request.name === '') invalid('name', 'is missing')
    const key = tagOf(request.name, tags)
    const values = await this.#ask<{ value: string }[]>('tagValues', { ...params, key })
    return {
      names: values
        .map(({ value }) => value)
        .filter((value) => value !== '')
        .sort(),
    }
  }

  async series(request: {
    start: bigint
    end: bigint
    matchers: readonly string[]
    labelNames: readonly string[]
  }) {
    const range = rangeOf(request)
    const tags = await this.#tags(range)
    const labels = request.labelNames.length > 0 ? request.labelNames : ['service_name', 'env', 'version']
    // A label of the profile itself, as `__profile_type__`, is no tag.
    const asked = labels.filter((label) => !label.startsWith('__'))
    const { groups } = await this.#metrics(range, this.#query(request.matchers, tags), asked, tags)
    return {
      labelsSet: groups.map(({ by }) => ({
        labels: asked.map((name, i) => ({ name, value: by[i] ?? '' })).filter(({ value }) => value !== ''),
      })),
    }
  }

  async selectSeries(
    request: messages.Selected & {
      groupBy: readonly string[]
      step: number
      stackTraceSelector: messages.MergeRequest['stackTraceSelector']
      aggregation: number
      limit: bigint
    },
  ): Promise<{ series: messages.Series[] }> {
    refuseCallSite(request.stackTraceSelector)
    const { params, tags, range } = await this.#selected(request)
    const stepMs = Math.max(minStepMs, Math.round(request.step) * 1_000)
    const groupBy = keysOf(request.groupBy, tags)
    const { groups, timesMs } = await this.#ask<Metrics>('metrics', { ...range, ...params, groupBy, stepMs })
    const isAverage = request.aggregation === 1
    const series = groups.map(({ by, total }) => ({
      labels: request.groupBy.map((name, i) => ({ name, value: by[i] ?? '' })),
      points: total.flatMap((value, i) =>
        value === null
          ? []
          : [
              {
                value: isAverage ? value / (stepMs / 1_000) : value,
                timestamp: BigInt(Math.round(timesMs[i] as number)),
              },
            ],
      ),
    }))
    const sum = ({ points }: messages.Series) => points.reduce((all, { value }) => all + value, 0)
    const order = series.sort((a, b) => sum(b) - sum(a))
    return { series: request.limit > 0n ? order.slice(0, Number(request.limit)) : order }
  }

  async selectMergeStacktraces(request: messages.MergeRequest): Promise<{ flamegraph: messages.FlameGraph }> {
    refuseCallSite(request.stackTraceSelector)
    const { params, range } = await this.#selected(request)
    const nodes = nodesOf(request.maxNodes)
    return {
      flamegraph: flameLevels(
        await this.#ask<FlameGraph>('flameGraph', { ...range, ...params, maxNodes: nodes }),
      ),
    }
  }

  async selectMergeSpanProfile(
    request: messages.Selected & { spanSelector: readonly string[]; maxNodes: bigint },
  ): Promise<{ flamegraph: messages.FlameGraph }> {
    const { params, range } = await this.#selected(request)
    const filter = { spanIds: [...request.spanSelector], spanScope: 'subtree' }
    const asked = { ...range, ...params, filter, maxNodes: nodesOf(request.maxNodes) }
    return { flamegraph: flameLevels(await this.#ask<FlameGraph>('flameGraph', asked)) }
  }

  async diff({
    left,
    right,
  }: {
    left: messages.MergeRequest | undefined
    right: messages.MergeRequest | undefined
  }): Promise<{ flamegraph: messages.FlameGraphDiff }> {
    if (left === undefined || right === undefined) invalid('left', 'or right is missing')
    const [a, b] = [await this.#selected(left), await this.#selected(right)]
    const { kind, value } = a.params
    const sides = { a: { ...a.range, q: a.params.q }, b: { ...b.range, q: b.params.q } }
    const asked = { ...sides, kind, value, limit: 1, maxNodes: nodesOf(left.maxNodes) }
    return { flamegraph: diffLevels(await this.#ask<Comparison>('compare', asked)) }
  }

  async #ask<T>(name: Parameters<QuerySource['queryJson']>[0], params: unknown): Promise<T> {
    return JSON.parse(Buffer.from(await this.queries.queryJson(name, params)).toString()) as T
  }

  async #selected(request: messages.Selected) {
    const range = rangeOf(request)
    const tags = await this.#tags(range)
    const id = request.profileTypeID || request.profile_typeID
    const measured = measuredOf(id, await this.#kinds(range))
    return { range, tags, params: { q: readLabelSelector(request.labelSelector, tags), ...measured } }
  }

  async #kinds(range: { fromMs: number; toMs: number }): Promise<string[]> {
    const services = await this.#ask<ServiceSummary[]>('services', range)
    return [...new Set(services.flatMap(({ kinds }) => kinds))].sort()
  }

  #tags(range: { fromMs: number; toMs: number }): Promise<string[]> {
    return this.#ask<string[]>('tagKeys', { q: '', ...range })
  }

  /** Of several selectors any may match; one is what is ever sent. */
  #query(matchers: readonly string[], tags: readonly string[]): string {
    if (matchers.length > 1) invalid('matchers', 'has more than one selector')
    return readLabelSelector(matchers[0] ?? '', tags)
  }

  #metrics(
    range: { fromMs: number; toMs: number },
    q: string,
    labels: readonly string[],
    tags: readonly string[],
  ): Promise<Metrics> {
    const stepMs = Math.max(minStepMs, range.toMs - range.fromMs)
    return this.#ask<Metrics>('metrics', { ...range, q, groupBy: keysOf(labels, tags), stepMs })
  }
}

function keysOf(labels: readonly string[], tags: readonly string[]): string[] {
  if (labels.length > maxLabels) invalid('groupBy', `has more than ${maxLabels} labels`)
  return labels.map((label) => tagOf(label, tags))
}

/** The last hour where nothing is said. */
function rangeOf({ start, end }: { start: bigint; end: bigint }): { fromMs: number; toMs: number } {
  const toMs = end > 0n ? Number(end) : Date.now()
  return { fromMs: start > 0n ? Number(start) : toMs - hourMs, toMs }
}

function nodesOf(wanted: bigint): number {
  return wanted > 0n ? Math.min(maxNodes, Number(wanted)) : usualNodes
}

function refuseCallSite(selector: messages.MergeRequest['stackTraceSelector']): void {
  if ((selector?.callSite.length ?? 0) > 0) invalid('stackTraceSelector', 'is not supported')
}
