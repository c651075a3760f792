import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { nodeBinary, startProfiled } from '../accuracy/agent'
import { startReceiver } from '../accuracy/receiver'
import { folder } from '../agent/uploader/harness'
import { figures } from '../figures'
import { atEnd } from '../helpers/at-end'
import { randomFrom } from '../hostile/mutate'
import { otherLines } from './child'
import { startLossyProxy } from './lossy-proxy'

// L6, LOSSY_SECONDS=120 on each Node line: a network that delays, cuts and stalls connections, between the whole agent and who receives.
const seconds = Number(process.env.LOSSY_SECONDS ?? 120)
const seed = Number(process.env.LOSSY_SEED ?? Math.floor(Math.random() * 2 ** 32))
const running = process.versions.node.split('.')[0] as string
const sequenceIn = (text: string) => /profile_seq:(\d+)/.exec(text)?.[1] ?? ''

for (const line of [running, ...otherLines])
  test(`Node ${line}: ${seconds} s of connections that are late, cut and stalled: each upload arrives, or is on disk`, async (t) => {
    t.diagnostic(`LOSSY_SEED=${seed}`)
    const receiver = await startReceiver()
    atEnd(t, () => receiver.close())
    const proxy = await startLossyProxy(t, receiver.url, randomFrom(seed))
    const spool = folder(t)
    const program = await startProfiled('test/fixtures/survival-service.js', {
      ...{ node: nodeBinary(line), args: ['ends'], uploadPeriodS: 2 },
      env: {
        ...{ DD_TRACE_AGENT_URL: proxy.url, ACME_PROFILING_SPOOL_DIR: spool },
        ...{ DD_PROFILING_UPLOAD_TIMEOUT: '1000', ACME_PROFILING_SHUTDOWN_TIMEOUT: '20000' },
      },
    })
    await program.report('ready')
    await wait(seconds * 1_000)
    proxy.isLossy = false
    // One of what is on disk goes with each upload that arrives.
    const healed = receiver.uploads.length
    while (receiver.uploads.length < healed + 4) await wait(100)
    assert.deepEqual(await program.end('SIGTERM'), { code: null, signal: 'SIGTERM' })

    const read = await Promise.all(receiver.uploads.map((upload) => upload.read()))
    const arrived = new Set(read.map(({ event }) => sequenceIn(event.tags_profiler)))
    const files = readdirSync(spool, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.upload'),
    )
    const kept = files.map((name) => sequenceIn(readFileSync(join(spool, name), 'latin1')))
    const last = read.find(({ event }) => event.tags_profiler.includes('snapshot:on_shutdown'))?.event
    assert.ok(last, 'the last upload has arrived')
    assert.deepEqual(last.info.profiler.uploads.dropped, {})
    const made = Number(sequenceIn(last.tags_profiler)) + 1
    const missing = Array.from({ length: made }, (_, n) => String(n)).filter(
      (sequence) => !arrived.has(sequence) && !kept.includes(sequence),
    )
    assert.deepEqual(missing, [])
    assert.ok(Object.values(proxy.fates).every((count) => count > 0))
    const { sent, retried, spooled } = last.info.profiler.uploads
    t.diagnostic(
      `${made} uploads: ${arrived.size} arrived, ${read.length - arrived.size} of them twice, ${kept.length} on disk; ${sent} sent, ${retried} retried, ${spooled} kept; connections ${JSON.stringify(proxy.fates)}`,
    )
    figures({
      lossyUploads: made,
      lossyArrived: arrived.size,
      lossyKept: kept.length,
      lossyConnections: Object.values(proxy.fates).reduce((a, b) => a + b),
    })
  })
