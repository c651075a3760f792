import { gunzipSync } from 'node:zlib'
import * as pprof from '@datadog/pprof'

function burn(depth: number, endMs: number, kept: unknown[]): number {
  if (depth > 0) return burn(depth - 1, endMs, kept) + 1
  let sum = 0
  while (Date.now() < endMs) {
    kept.push(Array.from({ length: 200 }, (_, i) => ({ i, text: `item ${i} of ${kept.length}` })))
    sum += JSON.stringify(kept.at(-1)).length
  }
  return sum
}

/** Uncompressed profiles of this very process, taken by the leading peer: wall with labels, and heap. */
export function realProfiles(): { name: string; bytes: Uint8Array }[] {
  pprof.heap.start(16 * 1024, 64)
  pprof.time.start({ durationMillis: 60_000, intervalMicros: 1_000, withContexts: true, lineNumbers: false })
  const kept: unknown[] = []
  for (let span = 0; span < 4; span++) {
    pprof.time.setContext({ 'span id': String(2 ** 40 + span), 'trace endpoint': `GET /${span % 2}` })
    burn(span * 5, Date.now() + 120, kept)
  }
  const wall = pprof.time.stop(false, ({ context }) => (context?.context ?? {}) as pprof.LabelSet)
  const heap = pprof.heap.profile()
  pprof.heap.stop()
  return [
    { name: 'wall', bytes: gunzipSync(pprof.encodeSync(wall)) },
    { name: 'heap', bytes: gunzipSync(pprof.encodeSync(heap)) },
  ]
}
