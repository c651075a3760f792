import type { IncomingMessage } from 'node:http'
import { answerQuery } from './api/answer-query'
import { type Endpoint, endpoints } from './api/endpoints'
import type { Context } from './context'
import type { KeyHolder } from './keys'
import { assets, views } from './page'
import { call, procedures } from './querier/connect'
import { render } from './querier/render'
import { receive } from './receive'
import type { Reply } from './receive/protocol'
import type { ProtocolName } from './receive/protocols'

/** One address of the intake. */
export interface Route {
  methods: readonly string[]
  /** A whole path, or with a `*` at its end the start of one. */
  path: string
  /** For the page: what is answered, and what becomes of the body. */
  answers: string
  of: string
  /** What is sent here is stored, unless it is refused. */
  isUpload?: true
  /** False where no key is asked for. */
  needsKey?: false
  /** How a refusal looks; our own JSON where absent. */
  protocol?: ProtocolName
  handle(context: Context, request: IncomingMessage, key?: KeyHolder): Reply | Promise<Reply>
}

/** All addresses. docs/intake.md has them too, held by a test. */
export const routes: readonly Route[] = [
  receiving(['POST'], '/profiling/v1/input', 'datadogProfiles', '202 `{"id"}`', 'profiles of Datadog'),
  receiving(
    ['POST'],
    '/api/v2/profile',
    'datadogProfiles',
    '202 `{"id"}`',
    'profiles of Datadog, from its Agent',
  ),
  receiving(['PUT', 'POST'], '/v0.3/traces', 'datadogSpans', '200 rates', 'spans of Datadog'),
  receiving(['PUT', 'POST'], '/v0.4/traces', 'datadogSpans', '200 rates', 'spans of Datadog'),
  receiving(['PUT', 'POST'], '/v0.5/traces', 'datadogSpansIndexed', '200 rates', 'spans of Datadog'),
  receiving(['POST'], '/ingest', 'pyroscopeIngest', '200', "profiles of Pyroscope's SDKs"),
  receiving(['POST'], '/pyroscope/ingest', 'pyroscopeIngest', '200', "profiles of Pyroscope's SDKs"),
  receiving(
    ['POST'],
    '/push.v1.PusherService/Push',
    'pyroscopePush',
    '200 `{}`',
    'profiles of Grafana Alloy and its kin',
  ),
  receiving(
    ['POST'],
    '/v1development/profiles',
    'otlpProfiles',
    '200, partial success',
    'profiles of OpenTelemetry',
  ),
  receiving(['POST'], '/v1/traces', 'otlpTraces', '200, partial success', 'spans of OpenTelemetry'),
  receiving(
    ['POST'],
    '/v1/logs',
    'otlpLogs',
    '200, partial success',
    'profiles of Splunk; any other record is dropped',
  ),
  quiet(['POST'], '/v1/metrics', 200, 'metrics'),
  ...views.map((path) => page(path, '200, the explorer', ({ page }, { headers }) => page.view(headers))),
  page(`${assets}*`, '200, what it loads', ({ page }, { headers, url = '' }) => {
    return page.asset(url.split('?', 1)[0] as string, headers)
  }),
  ...endpoints.map(querying),
  ...procedures.map(
    (procedure): Route => ({
      methods: ['POST'],
      path: `/querier.v1.QuerierService/${procedure.name}`,
      answers: '200',
      of: "Pyroscope's querier, for Grafana's datasource",
      protocol: 'pyroscopePush',
      handle: (context, request, key) => call(context, procedure, request, key),
    }),
  ),
  asking('/pyroscope/render', "200, Pyroscope's flame graph as JSON", ({ queries }, request) =>
    render(queries, queryOf(request)),
  ),
  asking('/info', '200, what is on offer', () => ({ status: 200, body: info })),
  quiet(['POST'], '/telemetry/proxy/*', 202, 'telemetry'),
  quiet(['GET', 'POST'], '/v0.7/config', 200, 'config'),
  quiet(['PUT', 'POST'], '/v0.6/stats', 200, 'stats'),
  {
    ...asking('/healthz', '200 while it runs', () => ({ status: 200, body: { ok: true } })),
    needsKey: false,
  },
  asking('/metrics', "200, counters in Prometheus' text format", ({ metrics }) => metrics.reply()),
]

/** What a tracer is told to be on offer: what is understood, and nothing that is only answered. */
const info = {
  version: '0.1.0',
  endpoints: ['/info', '/profiling/v1/input', '/v0.4/traces', '/v0.5/traces'],
  client_drop_p0s: false,
}

/** The route of a path, whatever the method. */
export function routeOf(path: string): Route | undefined {
  return exact.get(path) ?? prefixes.find((route) => path.startsWith(route.path.slice(0, -1)))
}

const exact = new Map(routes.map((route) => [route.path, route]))
const prefixes = routes.filter(({ path }) => path.endsWith('*'))

function receiving(
  methods: readonly string[],
  path: string,
  protocol: ProtocolName,
  answers: string,
  of: string,
): Route {
  const handle: Route['handle'] = (context, request, key) => receive(context, request, protocol, key)
  return { methods, path, protocol, answers, of: `stored: ${of}`, isUpload: true, handle }
}

function querying(endpoint: Endpoint): Route {
  const { method, path, summary, answers } = endpoint
  const handle: Route['handle'] = (context, request) => {
    return answerQuery(context, endpoint, queryOf(request))
  }
  return {
    methods: [method],
    path,
    answers: answers ? '200, JSON' : '200, a pprof',
    of: `${summary}; see openapi.json`,
    handle,
  }
}

/** What stands behind the first `?`; empty where there is none. One more may stand in a value. */
function queryOf({ url = '' }: IncomingMessage): string {
  const at = url.indexOf('?')
  return at < 0 ? '' : url.slice(at + 1)
}

function asking(path: string, answers: string, handle: Route['handle']): Route {
  return { methods: ['GET'], path, answers, of: '', handle }
}

/** Nothing of anybody is in it: it asks for the key, and shows it with its queries. */
function page(path: string, answers: string, handle: Route['handle']): Route {
  return { methods: ['GET'], path, answers, of: '', needsKey: false, handle }
}

/** What a client asks beside: its body is read within limits.drainBytes and dropped. */
function quiet(
  methods: readonly string[],
  path: string,
  status: number,
  what: 'telemetry' | 'config' | 'stats' | 'metrics',
): Route {
  const handle = ({ counters }: Context) => {
    counters.add(`dropped.${what}_requests`)
    return { status, body: {} }
  }
  return { methods, path, answers: `${status} \`{}\``, of: '**dropped**', handle }
}
