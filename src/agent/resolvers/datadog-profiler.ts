import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { datadogTracer } from './datadog'

// dd-trace publishes its configuration here at init and at each remote change; its profiler starts or stops in a
// subscriber of its own (packages/dd-trace/src/profiler.js), which is called after ours when we are loaded first.
const configChannel = 'datadog:config:update'

interface TracerConfig {
  profiling?: { DD_PROFILING_ENABLED?: string }
}

let holds = 0

/**
 * Keeps dd-trace's own profiler off in this thread, and stops it where it runs already (it then makes its last
 * upload). The environment stays as it is, so child processes are still profiled. To be called before our engines
 * start: V8 has one sampling heap profiler per isolate, and stopping theirs would stop ours.
 * @returns a function that ends the hold
 */
export function holdDatadogProfiler(): () => void {
  // Once: after theirs, where they have been loaded since, it would come too late.
  if (holds++ === 0) subscribe(configChannel, turnOff)
  const config = (datadogTracer() as { _tracer?: { _config?: TracerConfig } } | undefined)?._tracer?._config
  if (config !== undefined) {
    // Their subscriber is called before ours here.
    turnOff(config)
    channel(configChannel).publish(config)
  }
  let held = true
  return () => {
    if (held && --holds === 0) unsubscribe(configChannel, turnOff)
    held = false
  }
}

function turnOff(config: unknown): void {
  const profiling = (config as TracerConfig | undefined)?.profiling
  if (profiling !== undefined) profiling.DD_PROFILING_ENABLED = 'false'
}
