import { rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/** How the intake treats a request; one knob at a time. Nothing set: 202, as an intake should. */
export interface Knobs {
  /** F2: the connection is reset once this many bytes of the request have come; `half body`: half of what Content-Length says. */
  resetAfter?: number | 'headers' | 'half body'
  /** F3: the connection is accepted and never read. */
  neverRead?: true
  /** F4: the request is read and never answered. */
  neverAnswer?: true
  /** F5. */
  status?: number
  retryAfter?: string
  /** F7: answered when this resolves. */
  answerWhen?: Promise<unknown>
  /** F8: what follows the status line. */
  answer?: 'endless body' | 'stuck body' | 'endless headers' | 'redirect' | 'not http' | '100 only'
  /** F9: the connection is kept open although the agent asked to close it; the next request on it would be reset. */
  keepOpen?: true
}

/** An upload that was read to its end. */
export interface Received {
  path: string
  headers: Record<string, string>
  body: Buffer
}

export interface HostileIntake {
  url: string
  received: Received[]
  /** Connections accepted so far. */
  connections: number
  /** Of these, still open. */
  open(): number
  /** Bytes of answers written; grows for as long as the client reads. */
  answeredBytes: number
  knobs: Knobs
  /** F1: refuses connections until resume(). */
  refuse(): Promise<void>
  resume(): Promise<void>
  close(): Promise<void>
}

/** Where it listens: a unix socket, with TLS, or on a free port of 127.0.0.1. */
export interface Place {
  socketPath?: string
  tls?: { key: string; cert: string }
}

/** Starts one. It is written on bare sockets, because an HTTP server would be too polite. */
export async function startHostileIntake(
  knobs: Knobs = {},
  { socketPath, tls }: Place = {},
): Promise<HostileIntake> {
  const sockets = new Set<Socket>()
  const accept = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    intake.connections++
    serve(socket, intake)
  }
  let server: Server | undefined
  let port = 0
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      server = tls ? createTlsServer(tls, accept) : createServer(accept)
      server.once('error', reject)
      server.listen(socketPath === undefined ? { port, host: '127.0.0.1' } : { path: socketPath }, resolve)
    })
  const stop = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server?.close(resolve))
    if (socketPath !== undefined) rmSync(socketPath, { force: true })
  }
  const intake: HostileIntake = {
    url: '',
    received: [],
    connections: 0,
    open: () => sockets.size,
    answeredBytes: 0,
    knobs,
    refuse: stop,
    resume: listen,
    close: stop,
  }
  await listen()
  const address = server?.address() as AddressInfo | string | undefined
  if (typeof address === 'object') port = address.port
  intake.url = socketPath === undefined ? `http${tls ? 's' : ''}://127.0.0.1:${port}` : `unix://${socketPath}`
  return intake
}

function serve(socket: Socket, intake: HostileIntake): void {
  const { knobs } = intake
  if (knobs.neverRead) return void socket.pause()
  if (knobs.resetAfter === 0) return void socket.resetAndDestroy()
  let bytes = Buffer.alloc(0)
  let answered = false
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk])
    if (shouldReset(bytes, knobs)) return void socket.resetAndDestroy()
    const request = parseRequest(bytes)
    if (request === undefined || answered) return
    answered = true
    intake.received.push(request)
    answer(socket, intake)
  })
}

function shouldReset(bytes: Buffer, { resetAfter }: Knobs): boolean {
  if (typeof resetAfter === 'number') return bytes.length >= resetAfter
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (resetAfter === undefined || headEnd < 0) return false
  return (
    resetAfter === 'headers' || bytes.length - headEnd - 4 >= contentLength(parseHead(bytes, headEnd)) / 2
  )
}

async function answer(socket: Socket, intake: HostileIntake): Promise<void> {
  const { neverAnswer, status = 202, retryAfter, answerWhen, answer: kind, keepOpen } = intake.knobs
  if (neverAnswer) return
  await answerWhen
  const write = (text: string) => {
    if (socket.destroyed) return false
    intake.answeredBytes += text.length
    return socket.write(text)
  }
  const pour = (text: string) => {
    while (write(text));
    if (!socket.destroyed) socket.once('drain', () => pour(text))
  }
  if (kind === 'not http') return void socket.end('SSH-2.0-OpenSSH_9.2\r\n')
  if (kind === '100 only') return void write('HTTP/1.1 100 Continue\r\n\r\n')
  if (kind === 'redirect')
    write('HTTP/1.1 307 Temporary Redirect\r\nLocation: http://169.254.169.254/latest/meta-data/\r\n')
  else write(`HTTP/1.1 ${status} Answer\r\n`)
  if (kind === 'endless headers') return pour(`X-More: ${'x'.repeat(1_000)}\r\n`)
  if (retryAfter !== undefined) write(`Retry-After: ${retryAfter}\r\n`)
  if (kind === 'endless body') {
    write('Transfer-Encoding: chunked\r\n\r\n')
    return pour(`400\r\n${'x'.repeat(1_024)}\r\n`)
  }
  if (kind === 'stuck body') return void write('Content-Length: 1000\r\n\r\nx')
  write(`Content-Length: 2\r\n${keepOpen ? 'Connection: keep-alive\r\n' : ''}\r\nok`)
  if (keepOpen) socket.on('data', () => socket.resetAndDestroy())
  else socket.end()
}

function parseRequest(bytes: Buffer): Received | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const headers = parseHead(bytes, headEnd)
  const body = bytes.subarray(headEnd + 4)
  if (body.length < contentLength(headers)) return undefined
  return { path: bytes.toString('latin1', 0, headEnd).split(' ')[1] ?? '', headers, body }
}

function parseHead(bytes: Buffer, headEnd: number): Record<string, string> {
  const lines = bytes.toString('latin1', 0, headEnd).split('\r\n').slice(1)
  return Object.fromEntries(
    lines.map((line) => line.split(': ', 2)).map(([name, value]) => [name?.toLowerCase(), value]),
  )
}

const contentLength = (headers: Record<string, string>) => Number(headers['content-length'] ?? 0)
