import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Intake } from '../../src/intake/server'
import type { Losses } from '../../src/pprof/answers'
import { event, intakeFor, post, realProfile, uploadBody } from './helpers'

const lossesOf = async ({ url }: Intake, query = '') =>
  (await (await fetch(`${url}/api/v1/losses?${query}`)).json()) as Losses

test('what was refused or left out is told with how many, why and which setting', async (t) => {
  const intake = await intakeFor(t, { limits: { eventBytes: 1_000 } })
  const wall = await realProfile()
  assert.equal((await post(intake, uploadBody(event(), { 'wall.pprof': wall }))).status, 202)
  assert.deepEqual((await lossesOf(intake)).losses, [])
  const large = uploadBody(event({ note: 'x'.repeat(2_000) }), { 'wall.pprof': wall })
  for (let i = 0; i < 2; i++) assert.equal((await post(intake, large)).status, 413)
  const half = event({ attachments: ['space.pprof', 'wall.pprof'] })
  const files = { 'space.pprof': Buffer.from('no profile'), 'wall.pprof': wall }
  assert.equal((await post(intake, uploadBody(half, files))).status, 202)
  const { sinceMs, losses } = await lossesOf(intake)
  const [rejected, refused] = losses
  assert.equal(losses.length, 2)
  assert.deepEqual([rejected?.name, rejected?.count], ['rejected.profile_malformed', 1])
  assert.deepEqual(
    [refused?.name, refused?.count, refused?.unit, refused?.knob, refused?.isRetried],
    ['refused.event_too_large', 2, 'uploads', 'limits.eventBytes', false],
  )
  assert.match(refused?.reason ?? '', /the limit is 1,000 \(limits\.eventBytes\)/)
  assert.ok(sinceMs <= (refused?.firstMs ?? 0) && (refused?.firstMs ?? 0) <= (refused?.lastMs ?? 0))
  assert.deepEqual((await lossesOf(intake, `fromMs=0&toMs=${sinceMs - 1}`)).losses, [])
})

test('whoever is told to try again later is said so', async (t) => {
  const intake = await intakeFor(t, { limits: { uploadsInFlight: 0 } })
  assert.equal((await post(intake, uploadBody(event(), { 'wall.pprof': await realProfile() }))).status, 429)
  const [loss] = (await lossesOf(intake)).losses
  assert.deepEqual(
    [loss?.name, loss?.isRetried, loss?.knob],
    ['refused.intake_busy', true, 'limits.uploadsInFlight'],
  )
})

test('a refused question and what is never kept are no losses', async (t) => {
  const intake = await intakeFor(t)
  assert.equal((await fetch(`${intake.url}/api/v1/flame-graph?nonsense=1`)).status, 400)
  assert.equal((await fetch(`${intake.url}/nothing`)).status, 404)
  assert.equal((await fetch(`${intake.url}/v0.6/stats`, { method: 'PUT' })).status, 200)
  assert.equal(intake.counters.get('refused.query_invalid'), 1)
  assert.deepEqual((await lossesOf(intake)).losses, [])
})
