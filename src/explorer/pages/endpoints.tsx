import type { TopFunctions } from '../../pprof/answers'
import type { Params } from '../api/client'
import { Empty, Shown } from '../app/states'
import { Bar, type Column, Table } from '../app/table'
import { useQuery } from '../app/use-query'
import { formatPercent, formatValue } from '../flame/format'
import { shown } from '../flame/text'
import { filter, kept, momentFilter, selection } from '../url/chosen'
import { hrefOf } from '../url/location'

interface Row {
  endpoint: string
  cpu: number
  wall: number
  cpuPerRequest: number
  requests: number
}

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
            }
          })
          return rows.some(({ endpoint }) => endpoint !== '') ? (
            <Endpoints rows={rows} whole={answer.total} />
          ) : (
            <NoEndpoints />
          )
        }}
      </Shown>
    </section>
  )
}

function Endpoints({ rows, whole }: { rows: Row[]; whole: number }) {
  const none = <span class="faint">–</span>
  const amount = (name: keyof Row, title: string, text: (row: Row) => string): Column<Row> => ({
    name,
    title,
    width: '150px',
    align: 'right',
    sort: (row) => row[name],
    cell: (row) => (row[name] === 0 ? none : text(row)),
  })
  return (
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
          width: '210px',
          align: 'right',
          sort: (row) => row.cpu,
          cell: (row) => (
            <Bar part={row.cpu / whole}>
              {formatValue(row.cpu, 'nanoseconds')} <em>{formatPercent(row.cpu / whole)}</em>
            </Bar>
          ),
        },
        amount('cpuPerRequest', 'CPU per request', (row) => formatValue(row.cpuPerRequest, 'nanoseconds')),
        amount('requests', 'Requests', (row) => row.requests.toLocaleString('en-US')),
        amount('wall', 'Wall time', (row) => formatValue(row.wall, 'nanoseconds')),
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
