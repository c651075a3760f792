import type { ComponentChildren } from 'preact'
import type { Metrics, ServiceSummary as Service, TopFunctions } from '../../pprof/answers'
import { FrameName } from '../app/frame-name'
import { Empty, Shown, StartLine } from '../app/states'
import { Bar, type Column, Table } from '../app/table'
import { type Answer, useQuery } from '../app/use-query'
import { firstStep } from '../charts/first-step'
import { Sparkline } from '../charts/sparkline'
import { formatPercent, formatValue } from '../flame/format'
import { shown } from '../flame/text'
import { kept } from '../url/chosen'
import { hrefOf } from '../url/location'
import { writeTerms } from '../url/selector'
import { formatAgo, now, range, stepMsOf } from '../url/time'
import { Insights } from './insights'
import { Losses } from './losses'

const sparklineSteps = 40
const shownRows = 8

/** Who reports, and what it costs. */
export function OverviewPage() {
  const services = useQuery<Service[]>('services', { ...range.value })
  return (
    <section class="page">
      <Shown answer={services}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="No profiles yet in this range">
              <StartLine />
            </Empty>
          ) : (
            <Services services={list} />
          )
        }
      </Shown>
      <Losses />
    </section>
  )
}

function Services({ services }: { services: Service[] }) {
  const group = { ...range.value, groupBy: ['service'], limit: 1 }
  const cpu = useQuery<TopFunctions>('top-functions', { ...group, kind: 'wall', value: 'cpu' })
  const perSecond = useQuery<TopFunctions>('top-functions', {
    ...group,
    kind: 'wall',
    value: 'cpu',
    per: 'second',
  })
  const heap = useQuery<TopFunctions>('top-functions', {
    ...group,
    kind: 'heap',
    value: 'inuse_space',
    per: 'second',
  })
  const time = useQuery<Metrics>('metrics', {
    ...range.value,
    ...{ kind: 'wall', value: 'cpu', groupBy: ['service'] },
    stepMs: stepMsOf(range.value, sparklineSteps),
  })
  const of = ({ data }: Answer<TopFunctions>, service: string) =>
    data && (data.groups.find(({ by }) => by[0] === service)?.total ?? 0)
  const start = firstStep((time.data?.groups ?? []).map(({ total }) => total))
  const profiles = services.reduce((sum, one) => sum + one.profiles, 0)
  const processes = services.reduce((sum, one) => sum + one.processes, 0)
  return (
    <>
      <div class="figures">
        <Figure
          value={services.length.toLocaleString('en-US')}
          text={services.length === 1 ? 'service' : 'services'}
        />
        <Figure value={processes.toLocaleString('en-US')} text={processes === 1 ? 'process' : 'processes'} />
        <Figure value={cpu.data ? formatValue(cpu.data.total, 'nanoseconds') : '…'} text="CPU time" />
        <Figure value={profiles.toLocaleString('en-US')} text="profiles" />
      </div>
      <div class="overview">
        <div class="panel">
          <Insights />
          <Table
            label="Services"
            rows={services}
            maxRows={10}
            sortBy="cpu"
            keyOf={({ service }) => service}
            columns={[
              {
                name: 'service',
                title: 'Service',
                width: 'minmax(110px, 1fr)',
                sort: ({ service }) => service,
                cell: ({ service }) => (
                  <a class="strong" href={hrefOf('/explore', kept(), { q: queryOf(service) })}>
                    {shown(service, 80)}
                  </a>
                ),
              },
              {
                name: 'time',
                title: 'CPU over time',
                width: '170px',
                cell: ({ service }) => (
                  <Sparkline
                    values={(time.data?.groups.find(({ by }) => by[0] === service)?.total ?? []).slice(start)}
                  />
                ),
              },
              costColumn<Service>(({ service }) => of(cpu, service), cpu.data?.total ?? 0),
              {
                name: 'core',
                title: 'CPU of a core',
                width: '96px',
                align: 'right',
                sort: ({ service }) => of(perSecond, service) ?? 0,
                cell: ({ service }) => told(of(perSecond, service), (nanos) => formatPercent(nanos / 1e9)),
              },
              {
                name: 'heap',
                title: 'Live heap',
                width: '88px',
                align: 'right',
                sort: ({ service }) => of(heap, service) ?? 0,
                cell: ({ service, kinds }) =>
                  kinds.includes('heap') ? (
                    told(of(heap, service), (bytes) => formatValue(bytes, 'bytes'))
                  ) : (
                    <span class="faint">–</span>
                  ),
              },
              {
                name: 'processes',
                title: 'Processes',
                width: '84px',
                align: 'right',
                sort: (one) => one.processes,
                cell: (one) => one.processes.toLocaleString('en-US'),
              },
              {
                name: 'versions',
                title: 'Versions',
                width: '84px',
                cell: ({ versions }) => <span class="cut">{shown(versions.join(', '), 80)}</span>,
              },
              {
                name: 'last',
                title: 'Last profile',
                width: '88px',
                align: 'right',
                sort: (one) => one.lastMs,
                cell: (one) => formatAgo(one.lastMs, now.value),
              },
            ]}
          />
          <p class="faint small">CPU of a core and live heap are averages of one process.</p>
        </div>
        <div class="columns">
          <CostlyEndpoints />
          <CostlyFunctions />
        </div>
      </div>
    </>
  )
}

/** Where to look first. */
function CostlyEndpoints() {
  const answer = useQuery<TopFunctions>('top-functions', {
    ...range.value,
    ...{ kind: 'wall', value: 'cpu', groupBy: ['service', 'endpoint'], limit: 1 },
  })
  const rows = (answer.data?.groups ?? []).filter(({ by }) => by[1] !== '')
  return (
    <div class="panel">
      <h2>Costliest endpoints</h2>
      {rows.length === 0 && !answer.isLoading && (
        <p class="faint">No sample has an endpoint: they come from a tracer in the application.</p>
      )}
      {rows.length > 0 && (
        <Table
          label="Costliest endpoints"
          rows={rows.sort((a, b) => b.total - a.total).slice(0, shownRows)}
          sortBy="cpu"
          param="endpoints"
          keyOf={({ by }) => by.join('\n')}
          columns={[
            {
              name: 'endpoint',
              title: 'Endpoint',
              cell: ({ by: [service = '', endpoint = ''] }) => (
                <span class="frame-name">
                  <a href={hrefOf('/explore', kept(), { q: queryOf(service), endpoint })}>
                    {shown(endpoint, 120)}
                  </a>
                  <span class="faint">{shown(service, 60)}</span>
                </span>
              ),
            },
            costColumn<TopFunctions['groups'][number]>(({ total }) => total, answer.data?.total ?? 0),
          ]}
        />
      )}
    </div>
  )
}

function CostlyFunctions() {
  const answer = useQuery<TopFunctions>('top-functions', {
    ...range.value,
    kind: 'wall',
    value: 'cpu',
    limit: 500,
  })
  const rows = (answer.data?.functions ?? []).filter(({ frame }) => frame.origin === 'own')
  return (
    <div class="panel">
      <h2>Your costliest functions, by themselves</h2>
      {rows.length === 0 && !answer.isLoading && <p class="faint">None among the 500 costliest.</p>}
      {rows.length > 0 && (
        <Table
          label="Your costliest functions"
          rows={rows.slice(0, shownRows)}
          sortBy="cpu"
          param="functions"
          keyOf={({ frame }) => `${frame.name}\n${frame.file}\n${frame.line}`}
          columns={[
            { name: 'name', title: 'Function', cell: ({ frame }) => <FrameName frame={frame} /> },
            costColumn<TopFunctions['functions'][number]>(({ self }) => self, answer.data?.total ?? 0),
          ]}
        />
      )}
    </div>
  )
}

const queryOf = (service: string) => writeTerms([{ key: 'service', pattern: service, negated: false }])

function costColumn<T>(nanosOf: (row: T) => number | undefined, whole: number): Column<T> {
  return {
    name: 'cpu',
    title: 'CPU time',
    width: '170px',
    align: 'right',
    sort: (row) => nanosOf(row) ?? 0,
    cell: (row) =>
      told(nanosOf(row), (nanos) => (
        <Bar part={nanos / whole}>
          {formatValue(nanos, 'nanoseconds')} <em>{formatPercent(nanos / whole)}</em>
        </Bar>
      )),
  }
}

/** What has not been answered yet is no zero. */
const told = (value: number | undefined, show: (value: number) => ComponentChildren) =>
  value === undefined ? <span class="faint">…</span> : show(value)

function Figure({ value, text }: { value: string; text: string }) {
  return (
    <div class="figure">
      <b>{value}</b>
      <span>{text}</span>
    </div>
  )
}
