import { move, transferableSymbol, valueSymbol } from 'piscina'
import { type DecodeTask, decodeTask, type InflateTask, inflateTask } from './decode-task'
import { freeInflated } from './inflated-garbage'
import type { Received } from './protocol'

/** The task of the thread that checks: hands the bytes back without another copy. */
export default async function work(task: DecodeTask | InflateTask | undefined): Promise<unknown> {
  if (task === undefined) return
  const outcome = 'protocol' in task ? await decodeTask(task) : await inflateTask(task)
  freeInflated()
  if (!('value' in outcome) || outcome.value instanceof Uint8Array) return outcome
  return move({ [valueSymbol]: outcome, [transferableSymbol]: [...movable(outcome.value)] })
}

/** The memory of all bytes, each once. What may lie in Node's pool, which is everybody's, is copied. */
function movable({ uploads }: Received): Set<ArrayBuffer> {
  const moved = new Set<ArrayBuffer>()
  const own = (bytes: Uint8Array): Uint8Array => {
    const isPooled = bytes.buffer.byteLength <= Buffer.poolSize
    const own = isPooled ? new Uint8Array(bytes) : bytes
    moved.add(own.buffer as ArrayBuffer)
    return own
  }
  for (const upload of uploads) {
    upload.event = own(upload.event)
    for (const profile of upload.profiles) {
      profile.bytes = own(profile.bytes)
      if (profile.contents) profile.contents = own(profile.contents)
    }
  }
  return moved
}
