import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { endAfter } from '../intake/eventually'
import { encodeMessage } from './protos'

const root = join(__dirname, '../..')

/** A request as a client sent it, with its Content-Encoding taken off. */
export interface Captured {
  path: string
  query: string
  contentType: string
  body: Buffer
}

/** What unmodified clients send, and for protocols without a client here what is written by hand around it. */
export async function captureBodies(): Promise<Captured[]> {
  const captured: Captured[] = []
  const server = createServer(async (request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?')
    const raw = await buffer(request)
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
    captured.push({ path, query, contentType: request.headers['content-type'] ?? '', body })
    response.setHeader('Content-Type', 'application/json').end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const datadog = (version: string) => ({
    DD_TRACE_AGENT_URL: url,
    DD_TRACE_AGENT_PROTOCOL_VERSION: version,
    DD_SERVICE: 'shop',
    DD_TRACE_STARTUP_LOGS: 'false',
  })
  const otlp = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }
  const has = (path: string) => () => captured.some((one) => one.path === path)
  await Promise.all([
    run(['traced-service.js', join(root, 'node_modules/dd-trace-5')], datadog('0.4'), has('/v0.4/traces')),
    run(['traced-service.js', join(root, 'node_modules/dd-trace-5')], datadog('0.5'), has('/v0.5/traces')),
    run(['pyroscope-service.js'], { PYROSCOPE_SERVER_ADDRESS: url }, has('/ingest')),
    run(['splunk-service.js'], otlp, has('/v1/logs')),
    run(['otlp-spans.js', 'proto', 'none'], otlp),
    run(['otlp-spans.js', 'http', 'none'], otlp),
  ])
  server.close()
  return [...captured, ...byHand(captured)]
}

/** Runs a program to its end, which is told to come once that much has been sent. */
async function run(
  [file = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  isEnough?: () => boolean,
): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'test/fixtures', file), ...args], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: 'ignore',
  })
  const closed = once(child, 'close')
  if (isEnough !== undefined) await endAfter(child, isEnough)
  await closed
}

function byHand(captured: readonly Captured[]): Captured[] {
  const ingested = captured.filter(({ path }) => path === '/ingest')
  const bare = ingested.map((one) => ({ ...one, body: gunzipSync(one.body) }))
  const pprof = bare[0]?.body ?? Buffer.alloc(0)
  return [
    ...bare,
    {
      path: '/push.v1.PusherService/Push',
      query: '',
      contentType: 'application/proto',
      body: encodeMessage('PushRequest', pushJson(pprof)),
    },
    {
      path: '/push.v1.PusherService/Push',
      query: '',
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(pushJson(pprof))),
    },
    {
      path: '/v1development/profiles',
      query: '',
      contentType: 'application/x-protobuf',
      body: encodeMessage('ExportProfilesServiceRequest', withBase64Ids(otlpProfilesJson())),
    },
    {
      path: '/v1development/profiles',
      query: '',
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(otlpProfilesJson())),
    },
  ]
}

const pushLabels = { __name__: 'process_cpu', service_name: 'shop', env: 'prod' }

/** As Grafana Alloy sends it, in JSON. */
export function pushJson(...profiles: Uint8Array[]): object {
  const labels = Object.entries(pushLabels).map(([name, value]) => ({ name, value }))
  const samples = profiles.map((profile) => ({
    rawProfile: Buffer.from(profile).toString('base64'),
    ID: 'x',
  }))
  return { series: [{ labels, samples }] }
}

/** Two siblings, wall and cpu, of two samples, one of them with two times and a link. As the examples of opentelemetry-proto. */
export function otlpProfilesJson(): Record<string, unknown> {
  const text = ['', 'wall', 'nanoseconds', 'cpu', 'price', '/app/cart.js', 'handle', 'thread.name', 'page']
  const samples = (values: string[][]) => [
    {
      stackIndex: 1,
      linkIndex: 1,
      attributeIndices: [1, 2],
      values: values[0],
      timestampsUnixNano: ['1795300000100000000', '1795300000200000000'],
    },
    { stackIndex: 2, attributeIndices: [1], values: values[1] },
  ]
  const times = { timeUnixNano: '1795300000000000000', durationNano: '1000000000' }
  const stringValue = (value: string) => ({ stringValue: value })
  return {
    resourceProfiles: [
      {
        resource: { attributes: [{ key: 'service.name', value: stringValue('shop') }] },
        scopeProfiles: [
          {
            profiles: [
              {
                sampleType: { typeStrindex: 1, unitStrindex: 2 },
                samples: samples([['10', '20'], ['5']]),
                ...times,
              },
              {
                sampleType: { typeStrindex: 3, unitStrindex: 2 },
                samples: samples([['1', '2'], ['3']]),
                ...times,
              },
            ],
          },
        ],
      },
    ],
    dictionary: {
      mappingTable: [{}],
      locationTable: [
        {},
        { lines: [{ functionIndex: 1, line: '12', column: '3' }] },
        { lines: [{ functionIndex: 2, line: '40' }] },
      ],
      functionTable: [
        {},
        { nameStrindex: 4, filenameStrindex: 5, startLine: '10' },
        { nameStrindex: 6, filenameStrindex: 5 },
      ],
      linkTable: [{}, { traceId: '0123456789abcdef0123456789abcdef', spanId: '00000000000000ff' }],
      stringTable: text,
      attributeTable: [
        {},
        { keyStrindex: 7, value: stringValue('main') },
        { keyStrindex: 8, value: { intValue: '7' } },
      ],
      stackTable: [{}, { locationIndices: [1, 2] }, { locationIndices: [2] }],
    },
  }
}

/** OTLP's JSON with its ids in base64, as protobuf's own JSON has them. */
export function withBase64Ids(json: object): object {
  return JSON.parse(JSON.stringify(json), (key, value) => {
    return key === 'traceId' || key === 'spanId' ? Buffer.from(value, 'hex').toString('base64') : value
  })
}
