// What does the intake take, at what price? Uploads of a real Express application's size at a fixed rate over 200 connections, as 6,000
// processes send one a minute; latency counts from when an upload was due. The sender shares the machine.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { boundary } from '../../test/intake/helpers.ts'
import { watchCpus } from '../lib/machine.mjs'
import { MadeUploads } from '../lib/made-uploads.ts'
import { pace } from '../lib/pace.ts'
import { childrenOf, cpuMs, pssMegabytes, rssMegabytes } from '../lib/process-cost.ts'
import { percentile } from '../lib/stats.ts'
import { nodeBinary } from '../lib/variants.mjs'

const uploadsPerSecond = 100
const connections = 200
const flooding = 16
const giveUpMs = 60_000
const watchMs = 250
const sliceMs = 5_000
/** A slice of time with more work of others on the machine than this tells about them. */
const quietCpus = 0.1

export async function ask({ full, alone, node }) {
  const dir = mkdtempSync(join(tmpdir(), 'acme-intake-bench-'))
  const child = spawn(
    nodeBinary(node),
    [
      fileURLToPath(new URL('../../dist/intake/main.js', import.meta.url)),
      '--port',
      '0',
      '--dir',
      dir,
      '--log-level',
      'fatal',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let watch
  let slice
  try {
    const [line] = await once(createInterface(child.stdout), 'line')
    const url = /http:\S+(?=,)/.exec(line)[0]
    const baseMs = Math.floor(Date.now() / 60_000) * 60_000 - 120_000
    const made = new MadeUploads(baseMs)
    const pids = [child.pid, ...childrenOf(child.pid)]
    const total = (of) => pids.reduce((sum, pid) => sum + of(pid), 0)
    const peak = { both: 0, main: 0, store: 0, pss: 0 }
    const most = (name, megabytes) => {
      peak[name] = Math.max(peak[name], megabytes)
    }
    watch = setInterval(() => {
      const [main, store] = pids.map(rssMegabytes)
      most('both', main + store)
      most('main', main)
      most('store', store)
    }, watchMs)
    const slices = []
    let othersSince = othersCpus([...pids, process.pid])
    slice = setInterval(() => {
      slices.push({ untilMs: performance.now(), others: othersSince() })
      othersSince = othersCpus([...pids, process.pid])
      most('pss', total(pssMegabytes))
    }, sliceMs)
    const cpuBefore = total(cpuMs)
    const flood = await asFastAsAnswered(url, made, full ? 30 : 10)
    await listedAfter(url, baseMs, flood.acknowledged)
    const floodCpu = total(cpuMs) - cpuBefore
    const steady = await atRate(url, made, alone ? 600 : full ? 60 : 15, flood.sent)
    const acknowledged = flood.acknowledged + steady.acknowledged
    const listed = await listedAfter(url, baseMs, acknowledged)
    const quiet = inQuiet(steady, slices)
    const size = `${made.kilobytes.toFixed(0)} KB each`
    return [
      {
        what: 'uploads acknowledged per second, at most',
        target: `>= ${uploadsPerSecond}`,
        ours: (flood.acknowledged / flood.seconds).toFixed(0),
        note: `${size}, ${flooding} connections, the next when the last is answered`,
      },
      {
        what: 'CPU per upload, all in',
        target: '<= 15 ms',
        ours: `${(floodCpu / flood.acknowledged).toFixed(1)} ms`,
      },
      {
        what: `uploads acknowledged per second of ${uploadsPerSecond} that come`,
        target: `>= ${uploadsPerSecond}`,
        ours: (steady.acknowledged / steady.seconds).toFixed(0),
        note: `${connections} connections, ${steady.seconds.toFixed(0)} s; ${steady.others || 'none refused'}`,
      },
      {
        what: 'latency p99 of these',
        target: '< 250 ms',
        ours: `${percentile(steady.latencies, 0.99).toFixed(0)} ms`,
        note: `median ${percentile(steady.latencies, 0.5).toFixed(0)} ms; ${quiet}`,
      },
      {
        what: 'RSS at most, both processes',
        target: '< 500 MB',
        ours: `${peak.both.toFixed(0)} MB`,
        note: `main ${peak.main.toFixed(0)}, the store's ${peak.store.toFixed(0)}; ${peak.pss.toFixed(0)} with what they share counted once`,
      },
      {
        what: 'everything can be queried after the last answer',
        target: '<= 5 s',
        ours: listed.count === acknowledged ? `${listed.seconds.toFixed(1)} s` : 'never',
        note: `${acknowledged - listed.count} of ${acknowledged} lost`,
      },
    ]
  } finally {
    clearInterval(watch)
    clearInterval(slice)
    child.kill()
    await once(child, 'exit')
    rmSync(dir, { recursive: true })
  }
}

class Tally {
  acknowledged = 0
  latencies = []
  /** When each of `latencies` was due. */
  dues = []
  #others = new Map()
  #started = performance.now()

  add(status, ms, due) {
    if (status === 202) this.acknowledged++
    else this.#others.set(status, (this.#others.get(status) ?? 0) + 1)
    this.latencies.push(ms)
    this.dues.push(due)
  }

  end(sent) {
    const others = [...this.#others].map(([status, count]) => `${count} x ${status}`).join(', ')
    return Object.assign(this, { sent, others, seconds: (performance.now() - this.#started) / 1_000 })
  }
}

async function asFastAsAnswered(url, made, seconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: flooding })
  const tally = new Tally()
  const until = performance.now() + seconds * 1_000
  let sent = 0
  const sender = async () => {
    while (performance.now() < until) {
      const from = performance.now()
      tally.add(await send(url, agent, made.body(sent++)), performance.now() - from, from)
    }
  }
  await Promise.all(Array.from({ length: flooding }, sender))
  agent.destroy()
  return tally.end(sent)
}

async function atRate(url, made, seconds, first) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const tally = new Tally()
  const sending = []
  await pace({ perSecond: uploadsPerSecond, seconds }, (due, n) => {
    const answer = send(url, agent, made.body(first + n))
    sending.push(answer.then((status) => tally.add(status, performance.now() - due, due)))
  })
  await Promise.all(sending)
  agent.destroy()
  return tally.end(seconds * uploadsPerSecond)
}

/** Begins to count the work of all processes but `pids`; the function returned tells it since then, as a number of CPUs. */
function othersCpus(pids) {
  const own = () => pids.reduce((sum, pid) => sum + cpuMs(pid), 0)
  const [since, before, startedMs] = [watchCpus(), own(), performance.now()]
  return () => since().busy - (own() - before) / (performance.now() - startedMs)
}

/** What the latencies are where the machine did nothing else. */
function inQuiet({ latencies, dues }, slices) {
  const isQuiet = (due) => (slices.find(({ untilMs }) => untilMs > due)?.others ?? 0) < quietCpus
  const quiet = latencies.filter((_, i) => isQuiet(dues[i]))
  const share = Math.round((100 * quiet.length) / latencies.length)
  if (share === 100) return 'no other work on the machine'
  return `${percentile(quiet, 0.99).toFixed(0)} ms in the ${share} % of them when others took less than ${quietCpus} CPUs`
}

const send = (url, agent, body) =>
  new Promise((resolve) => {
    const headers = {
      'Content-Type': `multipart/form-data; boundary=${boundary}`,
      'Content-Length': body.length,
    }
    request(`${url}/profiling/v1/input`, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
      .on('error', (error) => resolve(error.code))
      .end(body)
  })

/** Waits until as many uploads are listed as were acknowledged. */
async function listedAfter(url, baseMs, acknowledged) {
  const started = performance.now()
  for (;;) {
    const answer = await fetch(`${url}/api/v1/tag-values?key=service&fromMs=${baseMs - 60_000}`)
    const [shop] = await answer.json()
    const count = (shop?.profiles ?? 0) / 2
    const ms = performance.now() - started
    if (count >= acknowledged || ms > giveUpMs) return { count, seconds: ms / 1_000 }
    await delay(100)
  }
}
