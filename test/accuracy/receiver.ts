import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as zlib from 'node:zlib'
import { type Sample, samplesOf } from './samples'

/** One attachment: its size on the wire, and the profile as it was before compression. */
export interface Attachment {
  bytes: number
  compression: 'gzip' | 'zstd' | 'none'
  pprof: Uint8Array
}

/** One upload as it came; parsing waits until somebody asks, so that it costs nothing during a measurement. */
export class Upload {
  readonly atMs = Date.now()
  readonly #body: Buffer
  readonly #contentType: string

  constructor(body: Buffer, contentType: string) {
    this.#body = body
    this.#contentType = contentType
  }

  /** Size of the whole request body. */
  get bytes(): number {
    return this.#body.length
  }

  /** The parsed event.json and the attachments by name (`wall.pprof`). Throws on a body that is no such form. */
  // biome-ignore lint/suspicious/noExplicitAny: the event is whatever a client sent
  async read(): Promise<{ event: any; files: Record<string, Attachment> }> {
    const form = await new Response(this.#body, {
      headers: { 'content-type': this.#contentType },
    }).formData()
    const files: Record<string, Attachment> = {}
    let event: unknown
    for (const part of form.values()) {
      const isFile = typeof part !== 'string' && part.name !== 'event.json'
      const bytes = typeof part === 'string' ? Buffer.from(part) : Buffer.from(await part.arrayBuffer())
      if (isFile) files[part.name] = { bytes: bytes.length, ...inflate(bytes) }
      else event = JSON.parse(bytes.toString())
    }
    return { event, files }
  }
}

/** A stand-in for the Datadog Agent that keeps every profile upload in memory and answers everything else with `{}`. */
export interface Receiver {
  url: string
  uploads: Upload[]
  close(): void
}

export async function startReceiver(): Promise<Receiver> {
  const uploads: Upload[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    const isProfile = request.url?.startsWith('/profiling/') ?? false
    request.on('data', (chunk) => isProfile && chunks.push(chunk))
    request.on('end', () => {
      if (isProfile) uploads.push(new Upload(Buffer.concat(chunks), request.headers['content-type'] ?? ''))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
    request.on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, uploads, close }
}

/** All samples of one attachment (`wall.pprof`) over several uploads. */
export async function samplesOfUploads(uploads: readonly Upload[], file: string): Promise<Sample[]> {
  const samples: Sample[] = []
  for (const upload of uploads) {
    const attachment = (await upload.read()).files[file]
    if (attachment) samples.push(...samplesOf(attachment.pprof))
  }
  return samples
}

function inflate(bytes: Buffer): Omit<Attachment, 'bytes'> {
  if (bytes.readUInt16BE(0) === 0x1f8b) return { compression: 'gzip', pprof: zlib.gunzipSync(bytes) }
  if (bytes.readUInt32LE(0) === 0xfd2fb528)
    return { compression: 'zstd', pprof: zlib.zstdDecompressSync(bytes) }
  return { compression: 'none', pprof: bytes }
}
