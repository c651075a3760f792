/**
 * What a tracer pointed at this address asks beside uploading profiles. Bodies are read within limits.drainBytes and dropped: spans,
 * telemetry and statistics are not kept.
 */
export interface QuietAnswer {
  counter:
    | 'dropped.traces_requests'
    | 'dropped.telemetry_requests'
    | 'dropped.stats_requests'
    | 'dropped.config_requests'
  methods: readonly string[]
  status: number
  body: unknown
}

const traces: QuietAnswer = {
  counter: 'dropped.traces_requests',
  methods: ['PUT', 'POST'],
  status: 200,
  body: { rate_by_service: { 'service:,env:': 1 } },
}

const exact = new Map<string, QuietAnswer>([
  ['/v0.3/traces', traces],
  ['/v0.4/traces', traces],
  ['/v0.5/traces', traces],
  ['/v0.6/stats', { counter: 'dropped.stats_requests', methods: ['PUT', 'POST'], status: 200, body: {} }],
  ['/v0.7/config', { counter: 'dropped.config_requests', methods: ['GET', 'POST'], status: 200, body: {} }],
])

const telemetry: QuietAnswer = {
  counter: 'dropped.telemetry_requests',
  methods: ['POST'],
  status: 202,
  body: {},
}

/** The answer for a path, if a tracer may ask it. */
export function quietAnswer(path: string): QuietAnswer | undefined {
  return path.startsWith('/telemetry/proxy/') ? telemetry : exact.get(path)
}

/** Body of `GET /info`: what a tracer is told to be on offer here. */
export const info = {
  version: '0.1.0',
  endpoints: ['/info', '/profiling/v1/input', '/v0.4/traces', '/v0.5/traces', '/telemetry/proxy/'],
  client_drop_p0s: false,
}
