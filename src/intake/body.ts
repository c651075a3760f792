import type { IncomingMessage } from 'node:http'
import { CodedError } from '../pprof/errors'

/** The client went away in the middle of its request: nobody is left to answer. */
export class RequestAborted extends Error {
  override readonly name = 'RequestAborted'
}

/**
 * Reads a body of at most `maxBytes`. `charge` is called with the size of each piece before it is kept, and may throw.
 * Throws CodedError upload_too_large, RequestAborted, or what `charge` throws; the rest of the body is then still unread (see drain).
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  charge: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const stop = (error: unknown) => {
      request.pause()
      request.off('data', keep).off('end', finish).off('close', abort)
      reject(error)
    }
    const abort = () => stop(new RequestAborted('the client closed the connection'))
    const finish = () => {
      request.off('close', abort)
      resolve(join(chunks, bytes))
    }
    const keep = (chunk: Buffer) => {
      bytes += chunk.length
      try {
        if (bytes > maxBytes) throw new CodedError('upload_too_large', { actual: bytes, limit: maxBytes })
        charge(chunk.length)
        chunks.push(chunk)
      } catch (error) {
        stop(error)
      }
    }
    const declared = Number(request.headers['content-length'] ?? 0)
    if (declared > maxBytes) {
      return reject(new CodedError('upload_too_large', { actual: declared, limit: maxBytes }))
    }
    request.on('data', keep).on('end', finish).on('close', abort)
    request.on('error', () => {})
  })
}

// Memory of its own, which can be handed to another thread: Buffer.concat may share Node's pool.
function join(chunks: readonly Buffer[], bytes: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(bytes)
  let at = 0
  for (const chunk of chunks) {
    body.set(chunk, at)
    at += chunk.length
  }
  return body
}

/**
 * Reads and forgets what is left of a body, so that a client that writes all before it reads gets its answer and not a reset.
 * True when the body ended within `maxBytes`; false otherwise, and the connection must then be closed.
 */
export function drain(request: IncomingMessage, maxBytes: number): Promise<boolean> {
  return new Promise((resolve) => {
    if (request.readableEnded) return resolve(true)
    if (request.destroyed) return resolve(false)
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) {
        request.pause()
        resolve(false)
      }
    })
    request.on('end', () => resolve(true))
    request.on('close', () => resolve(false))
    request.on('error', () => resolve(false))
    request.resume()
  })
}
