import type { FunctionSpans, SpanInfo as Span, TopFunctions } from '../../pprof/answers'
import { Empty, Shown } from '../app/states'
import { Bar, type Column, Table } from '../app/table'
import { useQuery } from '../app/use-query'
import { formatValue } from '../flame/format'
import { shown } from '../flame/text'
import { filter, moment, selection } from '../url/chosen'
import { change, hrefOf, param } from '../url/location'
import { formatTime } from '../url/time'

const limit = 1_000
const aroundMs = 5 * 60_000

/** The view of a trace, with a range that holds it and its profiles; `find` is highlighted in it. */
export function traceHref({ traceId, spanId, startMs, durationMs }: Span, find?: string): string {
  const from = Math.floor(startMs - aroundMs)
  const to = Math.ceil(startMs + durationMs + aroundMs)
  return hrefOf(`/trace/${traceId}`, { from: String(from), to: String(to) }, { span: spanId, find })
}

/** What is a request or a job of its own, and what is within one. */
const kinds: readonly [name: string, text: string, kinds: readonly string[]][] = [
  ['', 'Requests and jobs', ['server', 'consumer']],
  ['server', 'Requests', ['server']],
  ['consumer', 'Jobs and messages', ['consumer']],
  ['client', 'Calls of others', ['client', 'producer']],
  ['internal', 'Inside of requests', ['internal']],
]

interface Row {
  span: Span
  /** In the function that is asked for. */
  wallNanos: number
}

/** Spans, the longest first; with a function those that ran it. */
export function TracesPage() {
  const { endpoint, function: name } = filter.value
  return (
    <section class="page">
      <div class="tools">
        <Endpoints endpoint={endpoint} />
        {name === undefined && endpoint === undefined && <Kinds />}
      </div>
      {name === undefined ? <Longest endpoint={endpoint} /> : <Running name={name} endpoint={endpoint} />}
    </section>
  )
}

function Endpoints({ endpoint }: { endpoint: string | undefined }) {
  const answer = useQuery<TopFunctions>('top-functions', {
    ...selection.value,
    groupBy: ['endpoint'],
    limit: 1,
    value: 'cpu',
  })
  const names = (answer.data?.groups ?? []).map(({ by }) => by[0] ?? '').filter((name) => name !== '')
  return (
    <select
      aria-label="Endpoint"
      class="wide"
      value={endpoint ?? ''}
      onChange={(event) => change({ endpoint: event.currentTarget.value })}
    >
      <option value="">All endpoints</option>
      {[...new Set([...names, ...(endpoint === undefined ? [] : [endpoint])])].sort().map((name) => (
        <option key={name} value={name}>
          {shown(name, 100)}
        </option>
      ))}
    </select>
  )
}

function Kinds() {
  return (
    <select
      aria-label="Kind of span"
      value={param('spans')}
      onChange={(event) => change({ spans: event.currentTarget.value })}
    >
      {kinds.map(([kind, text]) => (
        <option key={kind} value={kind}>
          {text}
        </option>
      ))}
    </select>
  )
}

function Longest({ endpoint }: { endpoint: string | undefined }) {
  const [, , wanted] = kinds.find(([kind]) => kind === param('spans')) ?? (kinds[0] as (typeof kinds)[number])
  const answer = useQuery<Span[]>('spans', {
    ...selection.value,
    ...moment.value,
    ...{ endpoint, limit, orderBy: 'duration', kinds: endpoint === undefined ? wanted : undefined },
  })
  return (
    <Shown answer={answer}>
      {(spans) => (
        <>
          {spans.length === limit && (
            <p class="coverage">The longest {limit.toLocaleString('en-US')}; shorter ones are not listed.</p>
          )}
          <Spans rows={spans.map((span) => ({ span, wallNanos: 0 }))} />
        </>
      )}
    </Shown>
  )
}

function Running({ name, endpoint }: { name: string; endpoint: string | undefined }) {
  const answer = useQuery<FunctionSpans>('function-spans', {
    ...{ ...selection.value, ...moment.value },
    ...{ name, limit },
  })
  return (
    <Shown answer={answer}>
      {({ spans, otherNanos, profiles, missingProfiles }) => (
        <>
          <p class="coverage">
            Requests and jobs with samples of {shown(name, 80)}, in {profiles.toLocaleString('en-US')}{' '}
            {profiles === 1 ? 'profile' : 'profiles'}
            {otherNanos > 0 && ` · ${formatValue(otherNanos, 'nanoseconds')} of it outside of any known span`}
            {missingProfiles > 0 && ` · ${missingProfiles} profiles expired or unreadable`}
          </p>
          <Spans
            rows={spans.filter(({ span }) => endpoint === undefined || span.resource === endpoint)}
            find={name}
          />
        </>
      )}
    </Shown>
  )
}

function Spans({ rows, find }: { rows: Row[]; find?: string }) {
  const longest = Math.max(...rows.map(({ span }) => span.durationMs), 0)
  if (rows.length === 0) {
    return (
      <Empty title="No spans in this selection">
        <p>
          The intake takes spans of dd-trace (/v0.4/traces) and of OpenTelemetry (/v1/traces). Point the
          tracer at {location.origin}.
        </p>
      </Empty>
    )
  }
  const inFunction: Column<Row> = {
    name: 'function',
    title: 'In the function',
    width: '130px',
    align: 'right',
    sort: ({ wallNanos }) => wallNanos,
    cell: ({ wallNanos }) => formatValue(wallNanos, 'nanoseconds'),
  }
  return (
    <Table
      label="Requests"
      rows={rows}
      sortBy={find === undefined ? 'duration' : 'function'}
      keyOf={({ span }) => span.spanId}
      columns={[
        {
          name: 'resource',
          title: 'Request',
          sort: ({ span }) => span.resource,
          cell: ({ span }) => (
            <span class="frame-name">
              <a class="strong" href={traceHref(span, find)}>
                {shown(span.resource || span.name, 160)}
              </a>
              {span.error && <span class="tag bad">error</span>}
            </span>
          ),
        },
        {
          name: 'service',
          title: 'Service',
          width: '160px',
          sort: ({ span }) => span.service,
          cell: ({ span }) => <span class="cut">{shown(span.service, 60)}</span>,
        },
        ...(find === undefined ? [] : [inFunction]),
        {
          name: 'duration',
          title: 'Duration',
          width: 'minmax(220px, 1fr)',
          align: 'right',
          sort: ({ span }) => span.durationMs,
          cell: ({ span: { durationMs } }) => (
            <Bar part={durationMs / longest}>{formatValue(durationMs * 1e6, 'nanoseconds')}</Bar>
          ),
        },
        {
          name: 'start',
          title: 'Start',
          width: '170px',
          align: 'right',
          sort: ({ span }) => span.startMs,
          cell: ({ span }) => formatTime(span.startMs),
        },
      ]}
    />
  )
}
