import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { nodeBinary, startProfiled } from '../accuracy/agent'
import type { Program } from '../accuracy/program'
import { samplesOf, sum } from '../accuracy/samples'
import { figures } from '../figures'
import { otherLines, root, runChild } from './child'

// What is done to services: in a cluster, by a process manager that reloads them, and by a platform that freezes them.

const reloads = 5
const freezeMs = 5_000
const uploadPeriodS = 2

const spool = mkdtempSync(join(tmpdir(), 'acme-profiler-services-'))
after(() => rmSync(spool, { recursive: true }))
let reloaded = 0
after(() => figures({ processes: reloaded }))
const running = process.versions.node.split('.')[0] as string

for (const line of [undefined, ...otherLines])
  test(`${line ? `Node ${line}: ` : ''}cluster: every process that ends uploads, also beside one that is killed`, async () => {
    const outcome = await runChild({
      ...{ file: 'test/fixtures/survival-cluster.js', args: ['4'], agent: root, line },
    })
    const { code, signal, stdout, stderr } = outcome
    assert.deepEqual(
      { code, signal, stdout, stderr },
      { code: 0, signal: null, stdout: '[4,4,4,4]\n', stderr: '' },
    )
    const read = await Promise.all(outcome.uploads.map((upload) => upload.read()))
    const pids = read.map(({ event }) => /process_id:(\d+)/.exec(event.tags_profiler)?.[1])
    assert.deepEqual([pids.length, new Set(pids).size], [5, 5])
  })

describe('reloads: a new process, then SIGINT for the old one', () => {
  for (const line of [running, ...otherLines]) {
    for (const [mode, ending] of [
      ['ends', { code: null, signal: 'SIGINT' }],
      ['exits', { code: 0, signal: null }],
    ] as const) {
      test(`Node ${line}: ${reloads} of a service that ${mode === 'exits' ? 'exits by itself' : 'leaves it to Node'}`, async () => {
        const start = async () => {
          const program = await startProfiled('test/fixtures/survival-service.js', {
            ...{ node: nodeBinary(line), args: [mode], uploadPeriodS: 60 },
            env: { ACME_PROFILING_SPOOL_DIR: spool },
          })
          await program.report('ready')
          return program
        }
        let current: Program = await start()
        for (let n = 0; n < reloads; n++) {
          const next = await start()
          assert.deepEqual(await current.end('SIGINT'), ending)
          assert.equal(current.uploads.length, 1)
          const { event } = (await current.uploads[0]?.read()) ?? assert.fail()
          assert.match(event.tags_profiler, /snapshot:on_shutdown/)
          current = next
          reloaded++
        }
        assert.deepEqual(await current.end('SIGINT'), ending)
      })
    }
  }
})

for (const line of [running, ...otherLines])
  test(`Node ${line}: frozen for ${freezeMs / 1_000} s, intervals of ${uploadPeriodS} s: no time is made up, and uploads go on`, async (t) => {
    const program = await startProfiled('test/fixtures/survival-service.js', {
      ...{ node: nodeBinary(line), args: ['ends'], uploadPeriodS },
      env: { ACME_PROFILING_SPOOL_DIR: spool },
    })
    await program.report('ready')
    await program.nextUpload()
    const freezes: [fromMs: number, toMs: number][] = []
    for (let n = 0; n < 2; n++) {
      program.kill('SIGSTOP')
      const fromMs = Date.now()
      await sleep(freezeMs)
      freezes.push([fromMs, Date.now()])
      program.kill('SIGCONT')
      for (let more = 0; more < 2; more++) await program.nextUpload()
    }
    assert.deepEqual(await program.end('SIGTERM'), { code: null, signal: 'SIGTERM' })
    let lastEndMs = 0
    let mostFrozenMs = 0
    // An upload that was under way in the frost may come late, and twice.
    const read = await Promise.all(program.uploads.map((upload) => upload.read()))
    const byStart = new Map(read.map((upload) => [Date.parse(upload.event.start), upload]))
    for (const [, { event, files }] of [...byStart].sort(([a], [b]) => a - b)) {
      const [startMs, endMs] = [Date.parse(event.start), Date.parse(event.end)]
      assert.ok(startMs < endMs && [0, startMs].includes(lastEndMs), `${event.start} to ${event.end}`)
      lastEndMs = endMs
      const samples = samplesOf((files['wall.pprof'] ?? assert.fail()).pprof)
      const ofMain = samples.filter(({ labels }) => labels['thread name'] === 'Main Event Loop')
      const [wallMs, cpuMs] = [sum(ofMain, 'wall') / 1e6, sum(ofMain, 'cpu') / 1e6]
      const overlaps = freezes.map(([fromMs, toMs]) => Math.min(toMs, endMs) - Math.max(fromMs, startMs))
      const frozenMs = overlaps.reduce((total, overlapMs) => total + Math.max(0, overlapMs), 0)
      mostFrozenMs = Math.max(mostFrozenMs, frozenMs)
      t.diagnostic(
        `${endMs - startMs} ms: wall ${wallMs.toFixed(0)} ms, CPU ${cpuMs.toFixed(0)} ms; frozen ${frozenMs} ms`,
      )
      assert.ok(wallMs <= 1.02 * (endMs - startMs))
      assert.ok(cpuMs <= 1.02 * (endMs - startMs - frozenMs))
    }
    assert.ok(mostFrozenMs > uploadPeriodS * 1_000)
  })
