import { move, transferableSymbol, valueSymbol } from 'piscina'
import { type DecodeResult, type DecodeTask, decodeTask } from './decode-task'

/** The task of the thread that checks: hands the bytes back without another copy. */
export default async function work(task: DecodeTask | undefined): Promise<unknown> {
  if (task === undefined) return
  const result = await decodeTask(task)
  if (!('received' in result)) return result
  const moved = ownBytes(result)
  return move({ [valueSymbol]: result, [transferableSymbol]: moved })
}

// Parts of a body lie in one piece of memory, or in Node's pool: each gets memory of its own, which alone is handed over.
function ownBytes(result: Extract<DecodeResult, { received: unknown }>): ArrayBuffer[] {
  const moved: ArrayBuffer[] = []
  const own = (bytes: Uint8Array): Uint8Array => {
    const copy = new Uint8Array(bytes)
    moved.push(copy.buffer)
    return copy
  }
  for (const upload of result.received.uploads) {
    upload.event = own(upload.event)
    for (const profile of upload.profiles) profile.bytes = own(profile.bytes)
  }
  return moved
}
