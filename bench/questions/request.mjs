// What does our profiler add to a request of a traced, saturated web service?
import { addedOf, percentMore, valuesOf } from '../lib/rows.mjs'
import { cpuOfService, loadService } from '../lib/service-load.mjs'
import { sideBySide } from '../lib/side-by-side.mjs'
import { median } from '../lib/stats.ts'

const turnS = 1
const variants = ['tracing', 'ours', 'ours-wall', 'ours-heap', 'peer']

export async function ask({ full, node }) {
  const size = full ? { copies: 4, rounds: 6, warmUpS: 5 } : { copies: 2, rounds: 3, warmUpS: 4 }
  const turns = await sideBySide(variants, { node, ...size }, (url) =>
    cpuOfService(url, () => loadService(url, '/page/7', { duration: turnS })),
  )
  // A process's own median: its turns are not independent of each other, the processes are.
  const processes = Object.fromEntries(
    variants.map((name) => [
      name,
      turns[name].map((of) => median(of.map(({ threadMicros }) => threadMicros))),
    ]),
  )
  const micros = (value) => value
  return [
    {
      what: 'CPU of a request with 6 spans, application thread',
      unit: 'us',
      digits: 1,
      ...valuesOf(processes, micros),
      note: `${size.copies} processes of each side by side, in turns of ${turnS} s; by process the median of ${size.rounds}`,
    },
    {
      what: 'added to tracing only',
      target: '<= 3 %, <= 1/10 of what dd-trace adds',
      unit: '%',
      digits: 1,
      ...addedOf(processes, micros, percentMore),
    },
  ]
}
