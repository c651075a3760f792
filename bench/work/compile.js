// The TypeScript compiler at work on real sources, one small slice per turn of the event loop.
// What the profiler does on this thread happens between two slices (timer, async handle), so the gap from the end of one
// slice to the start of the next is the time that it blocks. However long a slice is, it does not count. The clock of the
// thread's CPU tells a gap in which something ran from one in which the machine ran something else.
const { readdirSync } = require('node:fs')
const { dirname, join } = require('node:path')
const ts = require('typescript')
const { report } = require('../../test/fixtures/report')

const durationMs = Number(process.argv[2]) * 1_000
const warmupMs = Number(process.argv[3] ?? 3) * 1_000
const sources = dirname(require.resolve('ajv/lib/ajv.ts'))
const files = readdirSync(sources, { recursive: true })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(sources, name))
const options = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.CommonJS,
  strict: true,
  skipLibCheck: true,
  lib: ['lib.es2022.d.ts'],
  types: [],
}

function* compile() {
  for (;;) {
    const host = ts.createCompilerHost(options)
    const parsed = new Map()
    const { getSourceFile } = host
    host.getSourceFile = (name, ...rest) => parsed.get(name) ?? getSourceFile.call(host, name, ...rest)
    for (const name of files) {
      parsed.set(name, getSourceFile.call(host, name, ts.ScriptTarget.ES2022))
      yield
    }
    const program = ts.createProgram(files, options, host)
    yield
    for (const file of program.getSourceFiles()) {
      if (file.isDeclarationFile) continue
      program.getSemanticDiagnostics(file)
      yield
      ts.transpileModule(file.text, { compilerOptions: options })
      yield
    }
  }
}

// RUSAGE_THREAD alone is as old as the last scheduler tick (4 ms); RUSAGE_SELF brings it up to date first.
const threadCpuMicros = () => {
  process.cpuUsage()
  // Node 20 has no clock of the thread alone.
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage()
  return user + system
}

const slices = compile()
const seconds = []
const gaps = []
let endWall
let endCpu
const start = performance.now()

function turn() {
  const wall = performance.now()
  const cpu = threadCpuMicros()
  if (wall - start > warmupMs + durationMs) return finish()
  if (wall - start > warmupMs) record(wall - start - warmupMs, (wall - endWall) * 1_000, cpu - endCpu)
  slices.next()
  endCpu = threadCpuMicros()
  endWall = performance.now()
  setImmediate(turn)
}

function record(atMs, wallMicros, cpuMicros) {
  const second = Math.floor(atMs / 1_000)
  seconds[second] ??= { wallMicros: 0, cpuMicros: 0 }
  seconds[second].wallMicros = Math.max(seconds[second].wallMicros, wallMicros)
  seconds[second].cpuMicros = Math.max(seconds[second].cpuMicros, cpuMicros)
  gaps.push(cpuMicros)
}

function finish() {
  gaps.sort((a, b) => a - b)
  const emptyTurnMicros = gaps[gaps.length >> 1]
  const excessMicros = gaps.reduce((sum, micros) => sum + Math.max(0, micros - 1.5 * emptyTurnMicros), 0)
  report('done', { seconds: seconds.filter(Boolean), emptyTurnMicros, excessMicros })
  process.exit(0)
}

turn()
