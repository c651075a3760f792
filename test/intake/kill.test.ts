import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { spawnIntake } from './child'
import { event, post, readStored, realProfile, storedIds, tempDir, uploadBody } from './helpers'

const rounds = 6
const senders = 4

test('every upload that was acknowledged before a SIGKILL is readable after it, and none is seen half', async (t) => {
  const dir = tempDir(t)
  const wall = await realProfile()
  const files = { 'wall.pprof': wall, 'space.pprof': wall }
  const acknowledged = new Map<string, string>()
  let sent = 0
  for (let round = 0; round < rounds; round++) {
    const intake = await spawnIntake(t, dir)
    let isUp = true
    const send = async () => {
      while (isUp) {
        const text = JSON.stringify(event({ attachments: Object.keys(files), info: { n: sent++ } }))
        const answer = await post(
          { url: intake.url } as Parameters<typeof post>[0],
          uploadBody(text, files),
        ).catch(() => {})
        if (answer?.status === 202) acknowledged.set(answer.id ?? '', text)
      }
    }
    const sending = Promise.all(Array.from({ length: senders }, send))
    await wait(50 + Math.random() * 400)
    assert.equal(await intake.end('SIGKILL'), 'SIGKILL')
    isUp = false
    await sending
  }
  const seen = new Set(storedIds(dir))
  for (const [id, text] of acknowledged) {
    assert.ok(seen.has(id), id)
    assert.equal(String(readStored(dir, id).get('event.json')), text)
  }
  t.diagnostic(`${rounds} kills, ${sent} sent, ${acknowledged.size} acknowledged, ${seen.size} seen`)
  assert.ok(acknowledged.size > 0)
})
