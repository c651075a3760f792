import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { ProfileInfo } from '../../src/intake/query/types'
import { figures } from '../figures'
import { built, type IntakeProcess, spawnIntake } from './child'
import { eventually } from './eventually'
import { event, post, realProfile, tempDir, uploadBody } from './helpers'

// KILLS=200: SIGKILL at random points under load, small segments, so that sealing and the columns' batches are among them.
const kills = Number(process.env.KILLS ?? 200)
const senders = 8
const pageRows = 1_000

test(`${kills} SIGKILLs at random points under load: nothing acknowledged is lost, nothing is there twice`, async (t) => {
  const dir = tempDir(t)
  const args = ['--log-level', 'fatal', '--limit', 'walSegmentBytes=1000000']
  const wall = await realProfile()
  const startMs = Date.now() - 10_000
  const acknowledged = new Set<string>()
  const restartMs: number[] = []
  let sent = 0
  const send = async (intake: IntakeProcess) => {
    while (intake.child.exitCode === null && intake.child.signalCode === null) {
      const text = JSON.stringify(
        event({ start: new Date(startMs).toISOString(), end: new Date(startMs + sent++).toISOString() }),
      )
      const body = uploadBody(text, { 'wall.pprof': wall })
      const answer = await post({ url: intake.url } as Parameters<typeof post>[0], body).catch(() => {})
      if (answer?.status === 202) acknowledged.add(answer.id ?? '')
    }
  }
  const start = async () => {
    const from = performance.now()
    const intake = await spawnIntake(t, dir, args, built)
    restartMs.push(performance.now() - from)
    return intake
  }
  for (let round = 0; round < kills; round++) {
    const intake = await start()
    const sending = Promise.all(Array.from({ length: senders }, () => send(intake)))
    await wait(Math.random() ** 2 * 2_000)
    assert.equal(await intake.end('SIGKILL'), 'SIGKILL')
    await sending
  }
  const { url } = await start()
  const rows = await eventually(async () => {
    const all: ProfileInfo[] = []
    for (let more = true; more; ) {
      const query = `fromMs=${startMs - 60_000}&limit=${pageRows}&offset=${all.length}`
      const page = (await fetch(`${url}/api/v1/profiles?${query}`).then((answer) =>
        answer.json(),
      )) as ProfileInfo[]
      all.push(...page)
      more = page.length === pageRows
    }
    const seen = new Set(all.map(({ uploadId }) => uploadId))
    return [...acknowledged].every((id) => seen.has(id)) ? all : undefined
  })
  assert.equal(new Set(rows.map(({ uploadId }) => uploadId)).size, rows.length, 'one is there twice')
  restartMs.sort((a, b) => a - b)
  const share = (of: number) => Math.round(restartMs[Math.ceil(of * restartMs.length) - 1] as number)
  figures({ kills, acknowledged: acknowledged.size })
  t.diagnostic(`${sent} sent, ${rows.length} found`)
  t.diagnostic(`restart in ms: median ${share(0.5)}, p99 ${share(0.99)}, max ${share(1)}`)
  assert.ok(acknowledged.size > kills)
})
