import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy'
import { CodedError } from '../../pprof/errors'
import type { LimitValues } from '../../pprof/limits'

/** One part of a body. Its names are as sent, and never to be used as a path. */
export interface Part {
  /** Field name. */
  field: string
  /** Filename, or the field name where there is none. */
  name: string
  bytes: Buffer
}

type Bounds = Pick<LimitValues, 'uploadParts' | 'partHeaderBytes'>

// The body is complete in memory when the parser gets it, so it is slow only if it is stuck.
const parserMs = 5_000

/**
 * Splits a complete multipart/form-data body. Parts without a name are skipped. Throws CodedError content_type_unsupported,
 * too_many_parts or multipart_malformed, and nothing else.
 */
export async function splitParts(body: Uint8Array, contentType: string, bounds: Bounds): Promise<Part[]> {
  const parser = newParser(contentType, bounds)
  let stuck: NodeJS.Timeout | undefined
  try {
    return await new Promise((resolve, reject) => {
      stuck = setTimeout(() => reject(malformed('it has no end')), parserMs)
      collect(parser, body, bounds).then(resolve, reject)
    })
  } finally {
    clearTimeout(stuck)
    parser.on('error', () => {})
    parser.destroy()
  }
}

function collect(parser: BusboyInstance, body: Uint8Array, bounds: Bounds): Promise<Part[]> {
  return new Promise((resolve, reject) => {
    const parts: (Omit<Part, 'bytes'> & { chunks: Buffer[] })[] = []
    const fail = (error: Error) => reject(malformed(error.message))
    parser.on(
      'file',
      (field: string | undefined = '', stream: BusboyFileStream, filename: string | undefined) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('error', fail)
        parts.push({ field, name: filename ?? field, chunks })
      },
    )
    parser.on('partsLimit', () => {
      reject(new CodedError('too_many_parts', { actual: bounds.uploadParts + 1, limit: bounds.uploadParts }))
    })
    parser.on('error', (error) => fail(error instanceof Error ? error : new Error('unreadable')))
    parser.on('finish', () => {
      const named = parts.filter((part) => part.name !== '')
      resolve(named.map(({ chunks, ...names }) => ({ ...names, bytes: joined(chunks) })))
    })
    parser.end(Buffer.from(body.buffer, body.byteOffset, body.length))
  })
}

/** The pieces of a part lie one after the other in the body: together they are a view of it. */
function joined(chunks: Buffer[]): Buffer {
  const [first] = chunks
  if (first === undefined) return Buffer.alloc(0)
  let end = first.byteOffset
  for (const chunk of chunks) {
    if (chunk.buffer !== first.buffer || chunk.byteOffset !== end) return Buffer.concat(chunks)
    end += chunk.length
  }
  return Buffer.from(first.buffer, first.byteOffset, end - first.byteOffset)
}

// RFC 2046 section 5.1.1: 1 to 70 characters, not ending in a space.
const boundaryParameter = /;\s*boundary=(?:"[^"\\\r\n]{1,70}"|[^\s;"]{1,70})\s*(?:;|$)/i

function newParser(contentType: string, bounds: Bounds): BusboyInstance {
  const boundaries = contentType.match(/;\s*boundary=/gi)?.length
  const isMultipart = /^multipart\/form-data\s*;/i.test(contentType)
  if (!isMultipart || boundaries !== 1 || !boundaryParameter.test(contentType)) unsupported(contentType)
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      preservePath: true,
      isPartAFile: () => true,
      limits: { parts: bounds.uploadParts, headerSize: bounds.partHeaderBytes, headerPairs: 16 },
    })
  } catch {
    unsupported(contentType)
  }
}

function unsupported(contentType: string): never {
  throw new CodedError('content_type_unsupported', { actual: contentType === '' ? 'absent' : contentType })
}

function malformed(reason: string): CodedError {
  return new CodedError('multipart_malformed', { reason })
}
