import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { figures } from '../figures'
import { spawnIntake } from './child'
import { eventually } from './eventually'
import { event, post, realProfile, tempDir, uploadBody } from './helpers'

const rounds = 6
const senders = 4

test('every upload that was acknowledged before a SIGKILL is readable after it, and none is seen half', async (t) => {
  const dir = tempDir(t)
  const wall = await realProfile()
  const files = { 'wall.pprof': wall, 'space.pprof': wall }
  const acknowledged = new Set<string>()
  const startMs = Date.now() - 10_000
  let sent = 0
  for (let round = 0; round < rounds; round++) {
    const intake = await spawnIntake(t, dir)
    let isUp = true
    const send = async () => {
      while (isUp) {
        const text = JSON.stringify(
          event({
            attachments: Object.keys(files),
            start: new Date(startMs).toISOString(),
            end: new Date(startMs + sent++).toISOString(),
          }),
        )
        const answer = await post(
          { url: intake.url } as Parameters<typeof post>[0],
          uploadBody(text, files),
        ).catch(() => {})
        if (answer?.status === 202) acknowledged.add(answer.id ?? '')
      }
    }
    const sending = Promise.all(Array.from({ length: senders }, send))
    // The last is not killed before anything was acknowledged, however slow the machine.
    if (round === rounds - 1) await eventually(() => acknowledged.size > 0 || undefined)
    await wait(50 + Math.random() * 400)
    assert.equal(await intake.end('SIGKILL'), 'SIGKILL')
    isUp = false
    await sending
  }
  const { url } = await spawnIntake(t, dir)
  const wanted = [...acknowledged]
  const listed = await eventually(async () => {
    const query = `fromMs=${startMs - 60_000}&toMs=${Date.now()}&limit=10000`
    const profiles = await fetch(`${url}/api/v1/profiles?${query}`).then((response) => response.json())
    const rows = profiles as { id: string; uploadId: string; name: string }[]
    const seen = new Set(rows.map(({ uploadId }) => uploadId))
    return wanted.every((id) => seen.has(id)) ? rows : undefined
  })
  for (const id of acknowledged) {
    const names = listed.filter(({ uploadId }) => uploadId === id).map(({ name }) => name)
    assert.deepEqual(names.sort(), ['space.pprof', 'wall.pprof'], id)
  }
  for (const { id } of listed.slice(0, 20)) {
    const raw = await fetch(`${url}/api/v1/profile?id=${id}`).then((response) => response.arrayBuffer())
    assert.deepEqual(Buffer.from(raw), wall)
  }
  t.diagnostic(`${sent} sent, ${listed.length / 2} seen`)
  figures({ kills: rounds, acknowledged: acknowledged.size })
  assert.ok(acknowledged.size > 0)
})
