import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'

const hz = 4_000

export const hasPerf = () => spawnSync('perf', ['--version']).status === 0

/**
 * CPU of one thread by function while `during` runs, in microseconds: Linux perf(1) looks at it 4,000 times a second of its CPU. What V8 compiled
 * has no names and counts as one function.
 * @param {string} file where perf writes to
 * @returns {Promise<Map<string, number>>} by `<binary> <symbol>`
 */
export async function cpuByFunction(threadId, file, during) {
  const perf = spawn(
    'perf',
    ['record', '-e', 'cpu-clock', '-F', String(hz), '-t', String(threadId), '-o', file],
    { stdio: 'ignore' },
  )
  const ended = once(perf, 'close')
  try {
    await during()
  } finally {
    perf.kill('SIGINT')
    await ended
  }
  const { stdout } = await promisify(execFile)(
    'perf',
    ['report', '-i', file, '--stdio', '--no-children', '-F', 'sample,dso,sym', '-t', '|'],
    { maxBuffer: 2 ** 26 },
  )
  const micros = new Map()
  for (const line of stdout.split('\n')) {
    if (line.startsWith('#') || !line.includes('|')) continue
    const [samples, binary, symbol] = line.split('|').map((field) => field.trim())
    const name = nameOf(binary, symbol)
    micros.set(name, (micros.get(name) ?? 0) + (Number(samples) * 1e6) / hz)
  }
  return micros
}

export const compiledCode = 'compiled JavaScript'

/** `[.] name` in a process, `[k] name` in the kernel; only an address where nobody told perf a name. */
const nameOf = (binary, symbol) =>
  /^\[\.\] 0x/.test(symbol) && !binary.endsWith('.so.6') && !binary.endsWith('node')
    ? compiledCode
    : `${binary} ${symbol.slice(4)}`
