import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProfileInfo } from '../../src/intake/query/types'
import { spawnIntake } from './child'
import { eventually } from './eventually'
import { event, post, realProfile, tempDir, uploadBody } from './helpers'

const hourMs = 3_600_000
const minuteMs = 60_000

test('uploads of clocks that are wrong: filed under their arrival and counted, refused with a code, or taken as they are', async (t) => {
  const intake = await spawnIntake(t, tempDir(t))
  const files = { 'wall.pprof': await realProfile() }
  const fromMs = Date.now() - minuteMs
  const upload = (start: string, end: string) =>
    post({ url: intake.url } as Parameters<typeof post>[0], uploadBody(event({ start, end }), files))
  const lasting = (startMs: number, durationMs: number) =>
    upload(new Date(startMs).toISOString(), new Date(startMs + durationMs).toISOString())
  const wrong = [
    await lasting(0, minuteMs),
    await lasting(Date.parse('2106-02-08'), minuteMs),
    await lasting(fromMs + 2 * hourMs, minuteMs),
    // As long as the clock's leap: from 1970 to now.
    await lasting(0, fromMs),
  ]
  const right = await lasting(fromMs - hourMs, minuteMs)
  assert.deepEqual(
    [...wrong, right].map(({ status }) => status),
    [202, 202, 202, 202, 202],
  )
  for (const [start, end] of [
    ['2026-11-22T01:00:00Z', '2026-11-22T00:00:00Z'],
    ['not a time', '2026-11-22T00:00:00Z'],
    ['+999999-01-01T00:00:00Z', '+999999-01-01T00:01:00Z'],
  ] as const)
    assert.deepEqual(
      { ...(await upload(start, end)), message: '' },
      { status: 400, code: 'event_invalid', message: '' },
    )

  const listed = await eventually(async () => {
    const profiles = (await fetch(
      `${intake.url}/api/v1/profiles?fromMs=${fromMs - 3 * hourMs}&toMs=${Date.now() + 3 * hourMs}`,
    ).then((answer) => answer.json())) as ProfileInfo[]
    return profiles.length === 5 ? profiles : undefined
  })
  for (const { uploadId, startMs, endMs } of listed) {
    assert.ok(startMs <= endMs && endMs - startMs <= hourMs)
    if (uploadId !== right.id)
      assert.ok(endMs >= fromMs && endMs <= Date.now(), new Date(endMs).toISOString())
  }
  const metrics = await fetch(`${intake.url}/metrics`).then((answer) => answer.text())
  assert.match(metrics, /ingest[._]clock_skewed_uploads\S* 4$/m)
})
