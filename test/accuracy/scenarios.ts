import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeBinary } from './agent'
import { compare, type Expectations, type Finding, filesOf } from './expectations'
import { startProgram } from './program'

export interface Scenario {
  /** Of test/accuracy/scenarios and, where `program` is not given, test/fixtures/scenarios. */
  name: string
  program?: string
  line: string
  /** What it takes: CPU milliseconds, or numbers of pieces that do not change with `scale`. */
  args: readonly (string | ((scale: number) => string))[]
  nodeArgs?: readonly string[]
  env?: Record<string, string>
}

const cpuMs = (ms: number) => (scale: number) => String(ms * scale)
/** As good as each piece is sampled: they are 2 MiB and more. */
const everyPiece = { DD_PROFILING_HEAP_SAMPLING_INTERVAL: '262144' }
/** Before the agent, which would sample how it is loaded. */
const tracing = ['--require', join(__dirname, '../fixtures/tracing.js')]
const memory = { program: 'memory', nodeArgs: ['--expose-gc'], env: everyPiece }

export const scenarios: readonly Scenario[] = [
  { name: 'wall-cpu', line: '24', args: [cpuMs(500)] },
  { name: 'retained', line: '24', args: ['20', '10'], ...memory },
  { name: 'allocations', line: '26', args: ['50', '0'], ...memory },
  { name: 'code-hotspots', line: '24', args: [cpuMs(150)], nodeArgs: tracing },
  { name: 'deep-stack', line: '24', args: [cpuMs(1_000)] },
  { name: 'safe-point', line: '24', args: [cpuMs(1_000)] },
  // Seldom, for a sample costs a thread that waits some CPU too, the more of it the longer the others wait for theirs. Taken to be busy it
  // would have half of all: 10 % of threads.json is far from both.
  { name: 'threads', line: '24', args: [cpuMs(600)], env: { ACME_PROFILING_SAMPLING_HZ: '100' } },
  // Without context frames a part of the samples has no labels (docs/bench.md): none may have a wrong one.
  ...['20', '22'].map((line) => ({ name: 'tasks-hooks', program: 'tasks', line, args: [cpuMs(400)] })),
  ...['24', '26'].map((line) => ({ name: 'tasks', line, args: [cpuMs(400)] })),
]

/** Runs the scenario's program to its end under the agent. @param scale how much longer than it need be it works */
export async function runScenario(scenario: Scenario, scale: number): Promise<Finding[]> {
  const { name, program = name, line, args, nodeArgs = [], env = {} } = scenario
  const running = await startProgram(`test/fixtures/scenarios/${program}.js`, {
    node: nodeBinary(line),
    // The first comes sooner, on a slow machine before the program's end.
    uploadPeriodS: 3_600,
    nodeArgs: [...nodeArgs, '--require', join(__dirname, '../../dist/init.js')],
    args: args.map((arg) => (typeof arg === 'string' ? arg : arg(scale))),
    env: {
      DD_SERVICE: 'scenario',
      PREBUILDS_ONLY: '1',
      DD_PROFILING_DEBUG_UPLOAD_COMPRESSION: 'gzip',
      ACME_PROFILING_SAMPLING_HZ: '500',
      ...env,
    },
  })
  const { code, signal } = await running.exited
  const files = await filesOf(running.uploads)
  await running.end()
  if (code !== 0) throw new Error(`${name} ended with ${signal ?? code}\n${running.stderr()}`)
  const path = join(__dirname, `scenarios/${name}.json`)
  return compare(JSON.parse(readFileSync(path, 'utf8')) as Expectations, files)
}
