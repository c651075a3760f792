import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

// The only way to V8's collector from inside; the flag is read when a context is made.
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options: { type: 'minor' | 'major' }) => void

/** Of one thread, beyond what it had when it was last tidied up. V8 itself waits for 64 MiB of it, in each thread. */
const allowedBytes = 8 * 2 ** 20

const externalBytes = () => getHeapStatistics().external_memory
let keptBytes = 0

/** Frees what inflating has left behind outside of V8's heap, if that is much: a body that is refused leaves up to its limit. */
export function freeInflated(): void {
  for (const type of ['minor', 'major'] as const) {
    if (externalBytes() <= keptBytes + allowedBytes) return
    collect({ type })
  }
  keptBytes = externalBytes()
}
