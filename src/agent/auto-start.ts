import { holdDatadogProfiler } from './resolvers'
import { watchFirstSpan } from './resolvers/first-span'

/**
 * `DD_PROFILING_ENABLED=auto`: calls `start` once the process has lived for `thresholdMs` and this thread has started
 * a span. Short commands and processes that serve no requests are not profiled. Keeps no process alive.
 * @returns a function that ends the wait
 */
export function startWhenLongLived(thresholdMs: number, start: () => void): () => void {
  // dd-trace reads the same variable, and would start its own profiler meanwhile.
  const releaseDatadog = holdDatadogProfiler()
  let spanSeen = false
  let longLived = false
  let ended = false
  const ready = () => {
    if (!spanSeen || !longLived || ended) return
    end()
    start()
    releaseDatadog()
  }
  const endWatch = watchFirstSpan(() => {
    spanSeen = true
    // Not in the tracer's call: the application would wait.
    setImmediate(ready).unref()
  })
  const timer = setTimeout(
    () => {
      longLived = true
      ready()
    },
    Math.max(0, thresholdMs - process.uptime() * 1_000),
  )
  timer.unref()
  return () => {
    end()
    releaseDatadog()
  }

  function end(): void {
    ended = true
    clearTimeout(timer)
    endWatch()
  }
}
