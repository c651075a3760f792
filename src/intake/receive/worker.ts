import { move, transferableSymbol, valueSymbol } from 'piscina'
import { type DecodeResult, type DecodeTask, decodeTask } from './decode-task'
import { freeInflated } from './inflated-garbage'

/** The task of the thread that checks: hands the bytes back without another copy. */
export default async function work(task: DecodeTask | undefined): Promise<unknown> {
  if (task === undefined) return
  const result = await decodeTask(task)
  freeInflated()
  if (!('received' in result)) return result
  return move({ [valueSymbol]: result, [transferableSymbol]: [...movable(result)] })
}

/** The memory of all bytes, each once. What may lie in Node's pool, which is everybody's, is copied. */
function movable(result: Extract<DecodeResult, { received: unknown }>): Set<ArrayBuffer> {
  const moved = new Set<ArrayBuffer>()
  const own = (bytes: Uint8Array): Uint8Array => {
    const isPooled = bytes.buffer.byteLength <= Buffer.poolSize
    const own = isPooled ? new Uint8Array(bytes) : bytes
    moved.add(own.buffer as ArrayBuffer)
    return own
  }
  for (const upload of result.received.uploads) {
    upload.event = own(upload.event)
    for (const profile of upload.profiles) {
      profile.bytes = own(profile.bytes)
      if (profile.contents) profile.contents = own(profile.contents)
    }
  }
  return moved
}
