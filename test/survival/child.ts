import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after } from 'node:test'
import { startReceiver, type Upload } from '../accuracy/receiver'
import { figures } from '../figures'

export const root = join(__dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-survival-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
let runs = 0
let plainRuns = 0
after(() => figures({ processes: runs - plainRuns }))

/** Far above what nearly all of them need. */
const guardMs = 120_000

export interface Child {
  /** A Node line; the running Node with the addon of native/build if not given. */
  line?: string | undefined
  /** Relative to the repository, or absolute; not for a single executable. */
  file?: string
  /** In place of node: a single-executable application. */
  executable?: string
  args?: readonly string[]
  nodeArgs?: readonly string[]
  env?: Record<string, string>
  /** The folder of the package to preload; undefined runs without the agent. */
  agent?: string | undefined
  /** The first is sent when the child has printed `ready`, each further one when it has answered with a line: two that wait are one. */
  signals?: readonly NodeJS.Signals[]
  /** The last signal is sent every 100 ms until the child has ended: for one that answers nothing. */
  isInsistent?: boolean
  /** Where uploads go; a receiver of its own if not given. */
  url?: string
  /** After this it is killed, and its outcome is SIGKILL. */
  guardMs?: number
  /** Called with the process once it runs. */
  onStart?: (running: ChildProcess) => void
  /** A program that starts node: `nohup`. */
  wrapper?: readonly string[]
}

export interface Outcome {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  uploads: readonly Upload[]
  /** Its temporary folder, and the files that it left there. */
  folder: string
  leftovers: string[]
  tookMs: number
}

/** The Node lines that are installed, `undefined` being the one that runs the tests. */
export const otherLines = ['22', '24', '26'].filter(
  (line) =>
    existsSync(join(root, `node_modules/node-${line}/bin/node`)) && !process.version.startsWith(`v${line}.`),
)

/** Runs a program to its end, and until everybody who shares its output has ended too. */
export async function runChild(child: Child): Promise<Outcome> {
  const receiver = child.url === undefined ? await startReceiver() : undefined
  const temporary = join(folder, String(runs++))
  mkdirSync(temporary)
  const node = child.line ? join(root, `node_modules/node-${child.line}/bin/node`) : process.execPath
  const program = child.file === undefined ? [] : [resolve(root, child.file)]
  const preload = child.agent === undefined ? [] : ['--require', join(child.agent, 'dist/init.js')]
  const command = [
    ...(child.wrapper ?? []),
    child.executable ?? node,
    ...preload,
    ...(child.nodeArgs ?? []),
    ...program,
    ...(child.args ?? []),
  ]
  const startedMs = Date.now()
  const process_ = spawn(command[0] as string, command.slice(1), {
    cwd: temporary,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      TMPDIR: temporary,
      DD_SERVICE: 'survival',
      DD_TRACE_AGENT_URL: receiver?.url ?? (child.url as string),
      DD_PROFILING_DEBUG_UPLOAD_COMPRESSION: 'gzip',
      ACME_PROFILING_SAMPLING_HZ: '1000',
      // A loaded machine needs more than the 2 s of the default, and every upload is counted here.
      ACME_PROFILING_SHUTDOWN_TIMEOUT: '20000',
      ...(child.line ? { PREBUILDS_ONLY: '1' } : {}),
      ...child.env,
    },
  })
  child.onStart?.(process_)
  let stdout = ''
  let stderr = ''
  const guard = setTimeout(() => {
    process_.kill('SIGKILL')
    if (child.guardMs === undefined) stderr += `the test killed it; not sent by then: ${toSend}\n`
  }, child.guardMs ?? guardMs)
  const toSend = [...(child.signals ?? [])]
  let insisting: NodeJS.Timeout | undefined
  const sendNext = () => {
    const signal = toSend.shift()
    if (signal === undefined) return
    process_.kill(signal)
    if (child.isInsistent) insisting = setInterval(() => process_.kill(signal), 100)
  }
  process_.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
    if (/^ready\n/m.test(stdout)) setTimeout(sendNext, 30)
  })
  process_.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const [code, signal] = (await once(process_, 'close')) as [number | null, NodeJS.Signals | null]
  clearTimeout(guard)
  clearInterval(insisting)
  receiver?.close()
  const leftovers = readdirSync(temporary, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(temporary, name)).isFile(),
  )
  return {
    code,
    signal,
    stdout,
    stderr,
    uploads: receiver?.uploads ?? [],
    folder: temporary,
    leftovers,
    tookMs: Date.now() - startedMs,
  }
}

const plainOutcomes = new Map<string, Promise<Outcome>>()

/** The outcome of the same program without the agent, run once for each set of arguments. */
export function runPlain(child: Child): Promise<Outcome> {
  const plain = { ...child, agent: undefined }
  const key = JSON.stringify([
    plain.line,
    plain.file,
    plain.args,
    plain.nodeArgs,
    plain.signals,
    plain.wrapper,
  ])
  const known = plainOutcomes.get(key)
  if (known !== undefined) return known
  plainRuns++
  const outcome = runChild(plain)
  plainOutcomes.set(key, outcome)
  return outcome
}
