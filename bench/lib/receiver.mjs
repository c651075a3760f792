import { once } from 'node:events'
import { createServer } from 'node:http'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'

/**
 * A stand-in for the Datadog Agent that keeps every profile upload in memory as it came, and answers everything else
 * (traces, telemetry) with an empty JSON object. Parsing waits until somebody asks, so that it costs nothing during a measurement.
 */
export async function startReceiver() {
  const uploads = []
  const server = createServer((request, response) => {
    const chunks = []
    const isProfile = request.url.startsWith('/profiling/')
    request.on('data', (chunk) => isProfile && chunks.push(chunk))
    request.on('end', () => {
      if (isProfile) uploads.push(new Upload(Buffer.concat(chunks), request.headers['content-type']))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
    request.on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    uploads,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** One upload. `bytes` is the size of the whole request body. */
class Upload {
  constructor(body, contentType) {
    this.body = body
    this.contentType = contentType
    this.bytes = body.length
    this.atMs = Date.now()
  }

  /** `{event, files}`: the parsed event.json, and for each attachment its `bytes` on the wire, its `compression`, and `pprof`, uncompressed. */
  async read() {
    const form = await new Response(this.body, { headers: { 'content-type': this.contentType } }).formData()
    const files = {}
    let event
    for (const [, part] of form) {
      const bytes = typeof part === 'string' ? Buffer.from(part) : Buffer.from(await part.arrayBuffer())
      const name = typeof part === 'string' ? 'event.json' : part.name
      if (name === 'event.json') event = JSON.parse(bytes)
      else files[name] = { bytes: bytes.length, ...inflate(bytes) }
    }
    return { event, files }
  }
}

function inflate(bytes) {
  if (bytes.readUInt16BE(0) === 0x1f8b) return { compression: 'gzip', pprof: gunzipSync(bytes) }
  if (bytes.readUInt32LE(0) === 0xfd2fb528) return { compression: 'zstd', pprof: zstdDecompressSync(bytes) }
  return { compression: 'none', pprof: bytes }
}
