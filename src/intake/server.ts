import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type Logger, pino } from 'pino'
import { CodedError } from '../pprof/errors'
import { type LimitValues, limitValues } from '../pprof/limits'
import { refusal } from './answer'
import type { Context } from './context'
import { Counters } from './counters'
import { Gate } from './gate'
import { handle } from './handle'
import { HostNames } from './host-names'
import { Keys } from './keys'
import { refuseOpenAddress } from './loopback'
import { Metrics } from './metrics'
import type { Sink } from './model'
import { Page } from './page'
import type { QuerySource } from './query-source'
import { Decoder } from './receive/decoder'

/** How an intake is started. */
export interface IntakeOptions {
  /** Address to listen on; 127.0.0.1 where absent. One that others reach is refused without keys. */
  host?: string
  /** TCP port; 8126, the Datadog Agent's, where absent; 0 for any free one. */
  port?: number
  /** Where received data goes. */
  sink: Sink
  /** What answers queries; there are none where absent. */
  queries?: QuerySource
  /** Name to key. Where there are none, everybody who reaches the port is let in. */
  keys?: ReadonlyMap<string, string>
  /** Host names that clients may use beside `localhost` and addresses. */
  allowedHosts?: readonly string[]
  /** Where the sink counts too. */
  counters?: Counters
  /** Nothing is logged where absent. */
  log?: Logger
  /** Replaces numbers of the table of limits. */
  limits?: Partial<LimitValues>
}

/** A running intake. */
export interface Intake {
  /** `http://host:port`, without a slash at its end. */
  url: string
  counters: Counters
  /** Takes no new connection, finishes the requests in hand within limits.shutdownMs, then resolves. Never rejects. */
  close(): Promise<void>
}

// How often Node looks for requests that are too slow.
const checkMs = 1_000

/** Starts an intake; resolves when it listens. Rejects with the error of the file system or of the network. */
export async function startIntake(options: IntakeOptions): Promise<Intake> {
  const {
    host = '127.0.0.1',
    port = 8126,
    sink,
    queries,
    keys = new Map(),
    log = pino({ enabled: false }),
  } = options
  refuseOpenAddress(host, keys)
  const limits = limitValues(options.limits)
  const { counters = new Counters() } = options
  const server = createServer({
    requestTimeout: limits.requestMs,
    // Node takes none that is longer than the whole request's.
    headersTimeout: Math.min(limits.headersMs, limits.requestMs),
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: checkMs,
  })
  // Silence: only where a request that is too slow has not been answered with its 408 before.
  server.timeout = limits.requestMs + 2 * checkMs
  server.maxConnections = limits.connections
  const gate = new Gate(limits)
  const decoder = new Decoder(limits)
  const context: Context = {
    limits,
    counters,
    metrics: new Metrics(counters, gate, queries),
    log,
    gate,
    hostNames: new HostNames(options.allowedHosts ?? []),
    keys: new Keys(keys, limits),
    decoder,
    sink,
    queries,
    page: new Page(),
    isClosing: () => !server.listening,
  }
  server.on('request', (request, response) => handle(context, request, response))
  server.on('drop', () => counters.add('dropped.connections'))
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (socket.destroyed || !socket.writable || error.code === 'ECONNRESET') return socket.destroy()
    const coded = parserError(error, limits)
    // What it would have been is not known.
    counters.refused(coded, true)
    const body = `${JSON.stringify(refusal(coded))}\n`
    const head = `HTTP/1.1 ${coded.status} Refused\r\nContent-Type: application/json\r\nConnection: close\r\n`
    socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, () => socket.destroy())
  })
  await Promise.all([decoder.start(), listen(server, host, port)]).catch(async (error: unknown) => {
    await decoder.close()
    throw error
  })
  const { address, family, port: bound } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`,
    counters,
    close: async () => {
      await close(server, limits.shutdownMs)
      await decoder.close()
    },
  }
}

function parserError(error: NodeJS.ErrnoException, limits: LimitValues): CodedError {
  if (error.code === 'HPE_HEADER_OVERFLOW') return new CodedError('request_headers_too_large')
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new CodedError('request_timeout', { limit: limits.requestMs })
  return new CodedError('request_malformed')
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), graceMs)
    server.close(() => {
      clearTimeout(late)
      resolve()
    })
    server.closeIdleConnections()
  })
}
