import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startReceiver } from './receiver.mjs'
import { nodeBinary, variant } from './variants.mjs'

/**
 * Starts a program of bench/work or test/fixtures in one variant, with a receiver of its own.
 * A program answers with lines `@{"name": ..., ...}` on stdout; `report(name)` resolves with the first one of that name.
 * @param {string} script relative to the repository
 * @param {{name: string, node?: string, withTracing?: boolean, uploadPeriodS?: number, env?: object, nodeArgs?: string[], args?: string[]}} options
 */
export async function startChild(script, options) {
  const receiver = await startReceiver()
  const { args, env } = variant(options.name, options)
  const file = fileURLToPath(new URL(`../../${script}`, import.meta.url))
  const child = spawn(
    nodeBinary(options.node),
    [...(options.nodeArgs ?? []), ...args, file, ...(options.args ?? [])],
    {
      env: {
        ...environmentWithoutTools(),
        ...env,
        DD_TRACE_AGENT_URL: receiver.url,
        DD_PROFILING_UPLOAD_PERIOD: String(options.uploadPeriodS ?? 60),
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }))
  const reports = new Reports()
  createInterface({ input: child.stdout }).on(
    'line',
    (line) => line.startsWith('@') && reports.add(JSON.parse(line.slice(1))),
  )
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-4_000)
  })
  return {
    pid: child.pid,
    uploads: receiver.uploads,
    receiverUrl: receiver.url,
    exited,
    report: (name) =>
      Promise.race([
        reports.wait(name),
        exited.then(({ code, signal }) => {
          const known = reports.last(name)
          if (known) return known
          throw new Error(
            `${script} (${options.name}) ended with ${code ?? signal} before it reported ${name}\n${stderr}`,
          )
        }),
      ]),
    kill: (signal) => child.kill(signal),
    /** Ends the program and the receiver; resolves with `{code, signal}`. */
    async end(signal = 'SIGTERM') {
      child.kill(signal)
      const result = await exited
      receiver.close()
      return result
    },
  }
}

class Reports {
  #known = new Map()
  #waiting = new Map()

  add(report) {
    this.#known.set(report.name, report)
    for (const resolve of this.#waiting.get(report.name) ?? []) resolve(report)
    this.#waiting.delete(report.name)
  }

  last(name) {
    return this.#known.get(name)
  }

  wait(name) {
    if (this.#known.has(name)) return Promise.resolve(this.#known.get(name))
    return new Promise((resolve) => this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), resolve]))
  }
}

function environmentWithoutTools() {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(DD_|OTEL_|NODE_OPTIONS$|npm_)/.test(name),
  )
  return Object.fromEntries(entries)
}

/** Resolves when an upload has arrived that was begun after now, so that all up to now has been uploaded. */
export async function nextUpload(child, uploadPeriodS) {
  const seen = child.uploads.length
  const giveUpAt = Date.now() + (uploadPeriodS * 1.5 + 10) * 1_000
  while (child.uploads.length === seen && Date.now() < giveUpAt) await delay(50)
  if (child.uploads.length === seen) throw new Error(`no upload arrived within ${uploadPeriodS * 1.5 + 10} s`)
}
