import type { TopFunctions } from '../../pprof/answers'
import { chanceOf } from '../../pprof/chance'
import type { Params } from '../api/client'
import { Empty, Shown } from '../app/states'
import { Bar, type Column, Table } from '../app/table'
import { useQuery } from '../app/use-query'
import { formatPercent, formatSigned, formatValue } from '../flame/format'
import { shown } from '../flame/text'
import { filter, kept, momentFilter, selection } from '../url/chosen'
import { hrefOf, param } from '../url/location'
import { byVersion, versionsCompared } from '../url/sides'

interface Row {
  endpoint: string
  cpu: number
  wall: number
  cpuPerRequest: number
  requests: number
  /** Allocated bytes; V8 knows no endpoint of them, other clients may. */
  allocated: number
  /** CPU per request in the newest version against the one before, as a part of that; undefined where one of them has none. */
  change: number | undefined
  /** How likely such a change is where nothing changed. */
  chance: number
}

/** As often as all clients sample, to tell a change from chance. */
const nanosPerSample = 10e6
/** Rarer than this by chance alone, a change is called one. */
const sureBelow = 0.01

/** What each kind of request costs, all together and each. */
export function EndpointsPage() {
  const base: Params = {
    ...selection.value,
    ...momentFilter.value,
    ...{ groupBy: ['endpoint'], limit: 1, kind: 'wall' },
    'filter.function': filter.value.function,
  }
  const cpu = useQuery<TopFunctions>('top-functions', { ...base, value: 'cpu' })
  const each = useQuery<TopFunctions>('top-functions', { ...base, value: 'cpu', per: 'request' })
  const wall = useQuery<TopFunctions>('top-functions', { ...base, value: 'wall' })
  const allocations = useQuery<TopFunctions>('top-functions', { ...base, kind: 'heap', value: 'alloc_space' })
  const versioned = { ...base, value: 'cpu', groupBy: ['version', 'endpoint'] }
  const byVersions = useQuery<TopFunctions>('top-functions', { ...versioned, per: 'request' })
  const totals = useQuery<TopFunctions>('top-functions', versioned)
  const isWhole = [each, wall].every(({ isLoading }) => !isLoading)
  const { versions, changeOf } = changesOf(byVersions.data, totals.data)
  return (
    <section class="page">
      <Shown answer={cpu}>
        {(answer) => {
          const of = (other: TopFunctions | undefined, endpoint: string) =>
            other?.groups.find(({ by }) => by[0] === endpoint)?.total ?? 0
          const rows = answer.groups.map(({ by: [endpoint = ''], total }): Row => {
            const cpuPerRequest = of(each.data, endpoint)
            const requests = cpuPerRequest > 0 ? total / cpuPerRequest : 0
            return {
              endpoint,
              cpu: total,
              wall: of(wall.data, endpoint),
              cpuPerRequest,
              requests: Math.round(requests),
              allocated: of(allocations.data, endpoint),
              ...changeOf(endpoint),
            }
          })
          return rows.some(({ endpoint }) => endpoint !== '') ? (
            <Endpoints rows={rows} whole={answer.total} versions={versions} isWhole={isWhole} />
          ) : (
            <NoEndpoints />
          )
        }}
      </Shown>
    </section>
  )
}

/** The two newest versions, and how each endpoint's CPU per request changed from the older one. */
function changesOf(each: TopFunctions | undefined, totals: TopFunctions | undefined) {
  const groups = each?.groups ?? []
  const versions = [...new Set(groups.map(({ by }) => by[0] ?? ''))]
    .filter((version) => version !== '')
    .sort(byVersion)
    .slice(-2)
  const valuesOf = (top: TopFunctions | undefined) =>
    new Map(top?.groups.map(({ by, total }) => [JSON.stringify(by), total]))
  const [costs, sums] = [valuesOf(each), valuesOf(totals)]
  const changeOf = (endpoint: string): Pick<Row, 'change' | 'chance'> => {
    const [before, after] = versions.map((version) => {
      const key = JSON.stringify([version, endpoint])
      const [cost, sum] = [costs.get(key) ?? 0, sums.get(key) ?? 0]
      return { cost, samples: sum / nanosPerSample, requests: sum / cost }
    })
    if (endpoint === '' || !before || !after || before.cost === 0 || after.cost === 0)
      return { change: undefined, chance: 1 }
    const { samples, requests } = before
    return {
      change: after.cost / before.cost - 1,
      chance: chanceOf(samples, after.samples, requests, after.requests),
    }
  }
  return { versions, changeOf }
}

interface EndpointsProps {
  rows: Row[]
  whole: number
  versions: string[]
  /** Whether all of the questions behind it are answered. */
  isWhole: boolean
}

function Endpoints({ rows, whole, versions, isWhole }: EndpointsProps) {
  const [older, newer] = versions
  const change: Column<Row> = {
    name: 'change',
    title: `${shown(newer ?? '', 16)} against ${shown(older ?? '', 16)}`,
    width: '130px',
    align: 'right',
    sort: (row) => row.change ?? 0,
    cell: ({ endpoint, change, chance }) =>
      change !== undefined && (
        <a
          class={chance >= sureBelow ? 'faint' : change > 0 ? 'more' : 'less'}
          title={`Where nothing changed, this or more comes by chance in ${formatPercent(chance)} of cases`}
          href={hrefOf('/compare', kept(), {
            ...versionsCompared(param('q'), older as string, newer as string),
            ...{ endpoint, per: 'request', tab: 'table', norm: '0' },
          })}
        >
          {formatSigned(change)}
        </a>
      ),
  }

  const hasAllocations = rows.some(({ endpoint, allocated }) => endpoint !== '' && allocated > 0)
  const none = <span class="faint">{isWhole ? '–' : '…'}</span>
  const amount = (
    name: 'cpuPerRequest' | 'requests' | 'wall' | 'allocated',
    title: string,
    text: (row: Row) => string,
  ): Column<Row> => ({
    name,
    title,
    width: '130px',
    align: 'right',
    sort: (row) => row[name],
    cell: (row) => (row[name] === 0 ? none : text(row)),
  })
  return (
    <>
      <Table
        label="Endpoints"
        rows={rows}
        sortBy="cpu"
        keyOf={({ endpoint }) => endpoint}
        columns={[
          {
            name: 'endpoint',
            title: 'Endpoint',
            sort: ({ endpoint }) => endpoint,
            cell: ({ endpoint }) => (
              <a
                class={endpoint === '' ? 'quiet' : 'strong'}
                href={hrefOf('/explore', kept(), {
                  endpoint: endpoint === '' ? undefined : endpoint,
                  function: filter.value.function,
                })}
              >
                {endpoint === '' ? 'outside of requests' : shown(endpoint, 160)}
              </a>
            ),
          },
          {
            name: 'cpu',
            title: 'CPU time',
            width: 'minmax(210px, 0.6fr)',
            align: 'right',
            sort: (row) => row.cpu,
            cell: (row) => (
              <Bar part={row.cpu / whole}>
                {formatValue(row.cpu, 'nanoseconds')} <em>{formatPercent(row.cpu / whole)}</em>
              </Bar>
            ),
          },
          amount('cpuPerRequest', 'CPU per request', (row) => formatValue(row.cpuPerRequest, 'nanoseconds')),
          ...(older !== undefined && newer !== undefined ? [change] : []),
          amount('requests', 'Requests', (row) => row.requests.toLocaleString('en-US')),
          amount('wall', 'Wall time', (row) => formatValue(row.wall, 'nanoseconds')),
          ...(hasAllocations
            ? [amount('allocated', 'Allocated', (row) => formatValue(row.allocated, 'bytes'))]
            : []),
          {
            name: 'traces',
            title: '',
            width: '110px',
            align: 'right',
            cell: ({ endpoint }) =>
              endpoint !== '' && (
                <a
                  class="quiet"
                  href={hrefOf('/traces', kept(), { endpoint, function: filter.value.function })}
                >
                  {filter.value.function === undefined ? 'Slow traces' : 'Traces with it'}
                </a>
              ),
          },
        ]}
      />
      {rows.some(({ change }) => change !== undefined) && (
        <p class="faint small">
          A change in grey may well be chance: with so few samples one as large comes in over 1 % of cases
          where nothing changed.
        </p>
      )}
    </>
  )
}

function NoEndpoints() {
  return (
    <Empty title="No samples with an endpoint in this selection">
      <p>
        An application gets endpoints from its tracer: dd-trace or OpenTelemetry, started before the profiler
        is asked for its first request.
      </p>
    </Empty>
  )
}
