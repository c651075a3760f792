import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { startReceiver, type Upload } from './receiver'

export interface ProgramOptions {
  /** The node binary. */
  node?: string
  /** Before the program's file: `--require` and V8 flags. */
  nodeArgs?: readonly string[]
  args?: readonly string[]
  env?: Record<string, string>
  uploadPeriodS: number
}

export type Ending = { code: number | null; signal: NodeJS.Signals | null }

export interface Program {
  pid: number
  /** What it has uploaded so far; it has a receiver of its own. */
  uploads: readonly Upload[]
  exited: Promise<Ending>
  /** The last line `@{"name": name, ...}` on its stdout. Rejects with its stderr if it ends without. */
  report<T>(name: string): Promise<T>
  /** Resolves when an upload has arrived that was begun after now, so that all up to now has been uploaded. */
  nextUpload(): Promise<void>
  kill(signal: NodeJS.Signals): void
  /** Ends the program and its receiver. */
  end(signal?: NodeJS.Signals): Promise<Ending>
}

/** Starts a program, `file` relative to the repository, that uploads to a receiver of its own. */
export async function startProgram(file: string, options: ProgramOptions): Promise<Program> {
  const receiver = await startReceiver()
  const path = join(__dirname, '../..', file)
  const argv = [...(options.nodeArgs ?? []), path, ...(options.args ?? [])]
  const env = {
    ...environmentWithoutTools(),
    DD_TRACE_AGENT_URL: receiver.url,
    DD_PROFILING_UPLOAD_PERIOD: String(options.uploadPeriodS),
    ...options.env,
  }
  const child = spawn(options.node ?? process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'close').then(([code, signal]): Ending => ({ code, signal }))
  const reports = new Map<string, unknown>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('@')) return
    const { name, ...values } = JSON.parse(line.slice(1))
    reports.set(name, values)
    child.emit(`report ${name}`)
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-4_000)
  })

  async function report<T>(name: string): Promise<T> {
    if (!reports.has(name)) await Promise.race([once(child, `report ${name}`), exited])
    if (reports.has(name)) return reports.get(name) as T
    const { code, signal } = await exited
    throw new Error(`${file} ended with ${code ?? signal} before it reported ${name}\n${stderr}`)
  }

  async function nextUpload() {
    const seen = receiver.uploads.length
    const timeoutS = options.uploadPeriodS * 1.5 + 15
    const giveUpAt = Date.now() + timeoutS * 1_000
    while (receiver.uploads.length === seen && Date.now() < giveUpAt) await delay(50)
    if (receiver.uploads.length === seen) throw new Error(`no upload arrived within ${timeoutS} s\n${stderr}`)
  }

  async function end(signal: NodeJS.Signals = 'SIGTERM') {
    child.kill(signal)
    const ending = await exited
    receiver.close()
    return ending
  }
  const kill = (signal: NodeJS.Signals) => void child.kill(signal)
  return { pid: child.pid ?? 0, uploads: receiver.uploads, exited, report, nextUpload, kill, end }
}

function environmentWithoutTools() {
  const entries = Object.entries(process.env)
  return Object.fromEntries(entries.filter(([name]) => !/^(DD_|OTEL_|NODE_OPTIONS$|npm_)/.test(name)))
}
