// How long does the profiler keep the event loop from turning, and how much of the application thread's CPU do its windows and exports take?
import { startChild } from '../lib/child.mjs'
import { valuesOf } from '../lib/rows.mjs'
import { alternate, median, percentile } from '../lib/stats.ts'

// V8 would otherwise collect garbage in tasks of its own between two slices of work, where only the profiler shall be.
// The collections still happen: at an allocation, within a slice.
const nodeArgs = ['--no-minor-gc-task', '--no-incremental-marking-task', '--no-memory-reducer']
/** What these send by themselves, whatever they are told. */
const ownPeriodS = { sentry: 60, splunk: 30 }

export async function ask({ full, alone, node, variants }) {
  const uploadPeriodS = alone ? 60 : full ? 12 : 8
  const names = variants.filter((name) => name !== 'tracing' && name !== 'otel')
  const results = await alternate(names, 1, async (name) => {
    const leastS = (alone ? 3 : 2) * uploadPeriodS + 5
    const durationS = Math.max(leastS, (ownPeriodS[name] ?? 0) + 5)
    const child = await startChild('bench/work/compile.js', {
      name,
      node,
      nodeArgs,
      uploadPeriodS,
      args: [String(durationS)],
    })
    const { seconds, excessMicros } = await child.report('done')
    await child.end()
    return {
      window: median(seconds.map((second) => second.wallMicros)),
      windowCpu: median(seconds.map((second) => second.cpuMicros)),
      p99: percentile(
        seconds.map((second) => second.wallMicros),
        0.99,
      ),
      max: Math.max(...seconds.map((second) => second.wallMicros)),
      p99Cpu: percentile(
        seconds.map((second) => second.cpuMicros),
        0.99,
      ),
      maxCpu: Math.max(...seconds.map((second) => second.cpuMicros)),
      cpuPerMinute: (excessMicros * 60) / seconds.length,
      // Others' uploads are of other forms.
      own: name.startsWith('ours') ? await measuredByAgent(child.uploads) : undefined,
    }
  })
  const row = (what, field, target) => ({
    ...{ what, target, unit: 'ms', digits: 2 },
    ...valuesOf(results, (result) => result[field] / 1_000),
  })
  return [
    {
      ...row('longest block per second, p99', 'p99', '<= 1 ms'),
      note: `TypeScript compiler, intervals of ${uploadPeriodS} s, heap on${ofItself(results.ours?.[0]?.own)}`,
    },
    row('longest block, max: with an upload in it', 'max', '<= 3 ms'),
    row('longest block per second, median: a window', 'window'),
    row('longest block per second, median: a window, CPU of the thread in it', 'windowCpu'),
    row('longest block per second, p99, CPU of the thread in it', 'p99Cpu'),
    row('longest block, max: with an upload in it, CPU of the thread in it', 'maxCpu'),
    row('CPU of the application thread for windows and export, per minute', 'cpuPerMinute', '<= 45 ms'),
  ]
}

const ofItself = (measured) =>
  measured === undefined
    ? ''
    : `; our agent of itself, in its last interval: longest block ${measured.longest_block_ms.toFixed(1)} ms, CPU in it ${measured.longest_block_cpu_ms.toFixed(1)} ms; ${measured.windows} windows, ${measured.application_thread_cpu_ms.toFixed(1)} ms CPU for them and the export, ${measured.handler_cpu_ms.toFixed(1)} ms in signal handlers`

async function measuredByAgent(uploads) {
  const last = uploads.at(-1)
  return last && (await last.read()).event?.info?.profiler?.measured
}
