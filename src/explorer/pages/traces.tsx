import type { SpanInfo as Span, TopFunctions } from '../../pprof/answers'
import { Empty, Shown } from '../app/states'
import { Bar, Table } from '../app/table'
import { useQuery } from '../app/use-query'
import { formatValue } from '../flame/format'
import { shown } from '../flame/text'
import { filter, moment, selection } from '../url/chosen'
import { change, hrefOf } from '../url/location'
import { formatTime } from '../url/time'

const limit = 1_000
const aroundMs = 5 * 60_000

/** The view of a trace, with a range that holds it and its profiles. */
export function traceHref({ traceId, spanId, startMs, durationMs }: Span, withSpan: boolean): string {
  const from = Math.floor(startMs - aroundMs)
  const to = Math.ceil(startMs + durationMs + aroundMs)
  return hrefOf(
    `/trace/${traceId}`,
    { from: String(from), to: String(to) },
    { span: withSpan ? spanId : undefined },
  )
}

/** Requests, the longest first. */
export function TracesPage() {
  const { endpoint } = filter.value
  const answer = useQuery<Span[]>('spans', { ...selection.value, ...moment.value, endpoint, limit })
  const endpoints = useQuery<TopFunctions>('top-functions', {
    ...selection.value,
    groupBy: ['endpoint'],
    limit: 1,
    value: 'cpu',
  })
  const names = (endpoints.data?.groups ?? []).map(({ by }) => by[0] ?? '').filter((name) => name !== '')
  return (
    <section class="page">
      <div class="tools">
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
      </div>
      <Shown answer={answer}>{(spans) => <Requests spans={spans} isAll={endpoint === undefined} />}</Shown>
    </section>
  )
}

function Requests({ spans, isAll }: { spans: Span[]; isAll: boolean }) {
  const requests = spans.filter(({ kind }) => kind === 'server' || kind === 'consumer')
  const longest = Math.max(...requests.map(({ durationMs }) => durationMs), 0)
  if (requests.length === 0) {
    return (
      <Empty title="No requests in this selection">
        <p>
          The intake takes spans of dd-trace (/v0.4/traces) and of OpenTelemetry (/v1/traces). Point the
          tracer at {location.origin}.
        </p>
      </Empty>
    )
  }
  return (
    <>
      {spans.length === limit && (
        <p class="coverage">
          {isAll
            ? `Requests among the first ${limit.toLocaleString('en-US')} spans of the range. Choose an endpoint to see its slowest.`
            : `The slowest ${limit.toLocaleString('en-US')}.`}
        </p>
      )}
      <Table
        label="Requests"
        rows={requests}
        sortBy="duration"
        keyOf={({ spanId }) => spanId}
        columns={[
          {
            name: 'resource',
            title: 'Request',
            sort: ({ resource }) => resource,
            cell: (span) => (
              <span class="frame-name">
                <a class="strong" href={traceHref(span, true)}>
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
            sort: ({ service }) => service,
            cell: ({ service }) => <span class="cut">{shown(service, 60)}</span>,
          },
          {
            name: 'duration',
            title: 'Duration',
            width: '220px',
            align: 'right',
            sort: ({ durationMs }) => durationMs,
            cell: ({ durationMs }) => (
              <Bar part={durationMs / longest}>{formatValue(durationMs * 1e6, 'nanoseconds')}</Bar>
            ),
          },
          {
            name: 'start',
            title: 'Start',
            width: '170px',
            align: 'right',
            sort: ({ startMs }) => startMs,
            cell: ({ startMs }) => formatTime(startMs),
          },
        ]}
      />
    </>
  )
}
