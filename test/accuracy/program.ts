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
  /** The end of what it wrote to standard error. */
  stderr(): string
  /** The last line `@{"name": name, ...}` on its stdout. Rejects with its stderr if it ends without. */
  report<T>(name: string): Promise<T>
  /** Resolves when an upload has arrived whose interval ended after now by the system's clock: all up to now has been uploaded. */
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
    // The last upload is read here: a loaded machine needs more than the 2 s of the default.
    ACME_PROFILING_SHUTDOWN_TIMEOUT: '20000',
    ...options.env,
  }
  const child = spawn(options.node ?? process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-4_000)
  })
  const exited = once(child, 'close').then(([code, signal]): Ending => ({ code, signal }))
  const reports = new Map<string, unknown>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('@')) return
    const { name, ...values } = JSON.parse(line.slice(1))
    reports.set(name, values)
    child.emit(`report ${name}`)
  })

  async function report<T>(name: string): Promise<T> {
    if (!reports.has(name)) await Promise.race([once(child, `report ${name}`), exited])
    if (reports.has(name)) return reports.get(name) as T
    const { code, signal } = await exited
    throw new Error(`${file} ended with ${code ?? signal} before it reported ${name}\n${stderr}`)
  }

  async function nextUpload() {
    const nowMs = Date.now()
    let seen = receiver.uploads.length
    const timeoutS = options.uploadPeriodS * 1.5 + 15
    for (const giveUpAt = nowMs + timeoutS * 1_000; Date.now() < giveUpAt; await delay(50)) {
      for (; seen < receiver.uploads.length; seen++) {
        // One that was on its way already ended before.
        const { event } = (await receiver.uploads[seen]?.read()) ?? {}
        if (Date.parse(event.end) >= nowMs) return
      }
    }
    throw new Error(`no upload arrived within ${timeoutS} s\n${stderr}`)
  }

  async function end(signal: NodeJS.Signals = 'SIGTERM') {
    child.kill(signal)
    const ending = await exited
    receiver.close()
    return ending
  }
  const kill = (signal: NodeJS.Signals) => void child.kill(signal)
  const { pid = 0 } = child
  return { pid, uploads: receiver.uploads, exited, stderr: () => stderr, report, nextUpload, kill, end }
}

function environmentWithoutTools() {
  const entries = Object.entries(process.env)
  return Object.fromEntries(entries.filter(([name]) => !/^(DD_|OTEL_|NODE_OPTIONS$|npm_)/.test(name)))
}
