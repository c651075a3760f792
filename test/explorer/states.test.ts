import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startIntake } from '../../src/intake/server'
import { atEnd } from '../helpers/at-end'
import { event, post, realProfile, uploadBody } from '../intake/helpers'
import { makeUpload, ticks } from '../intake/profiles'
import { counts, openPage, says, settled, useBrowser } from './browser'
import { explored, fillShop, spanAt, tags, useExplored } from './shop'

useBrowser()
const shop = useExplored(fillShop)

test('a new upload appears without a reload', async (t) => {
  const { intake, store } = await explored(t, async () => {})
  const { page } = await openPage(t, `${intake.url}/explore?tab=table`, { isClockOurs: true })
  await page.getByRole('heading', { name: 'No profiles in this range' }).waitFor()
  await page.evaluate('globalThis.stillHere = true')
  await store.profiles(makeUpload({ startMs: Date.now() - 60_000, wall: [ticks(['fresh@/app/x.js'], 10)] }))
  await store.settle()
  await page.clock.fastForward('01:00')
  await page.getByRole('row', { name: /fresh/ }).waitFor()
  assert.equal(await page.evaluate('globalThis.stillHere'), true)
})

test('the code of a span that has just ended appears without a reload, when its process uploads', async (t) => {
  const { intake, store } = await explored(t, async () => {})
  const startMs = Date.now() - 5_000
  await store.spans([{ tags, spans: [spanAt(startMs + 1_000, 500)] }])
  await store.settle()
  const { page } = await openPage(t, `${intake.url}/traces`)
  await page.getByRole('table', { name: 'Requests' }).getByRole('link').click()
  await page.getByRole('radio', { name: 'Lines' }).click()
  await page.getByRole('heading', { name: 'No sample fell into this span' }).waitFor()
  await page.evaluate('globalThis.stillHere = true')
  const wall = [ticks(['fresh@/app/x.js'], 50, { 'local root span id': 0x1000n, 'span id': 0x1000n })]
  await store.profiles(makeUpload({ startMs, durationMs: 4_000, wall }))
  await store.settle()
  await page.getByRole('table', { name: 'Lines of the span' }).getByRole('row', { name: /fresh/ }).waitFor()
  assert.equal(await page.evaluate('globalThis.stillHere'), true)
})

test('an intake with keys: the page asks for one, says where it is wrong, and keeps it for the tab', async (t) => {
  const key = 'k'.repeat(20)
  const { intake, range } = await explored(t, fillShop, {}, { keys: new Map([['a', key]]) })
  const { page } = await openPage(t, `${intake.url}/explore?${range}&tab=table`, {
    mayFail: /status of 40[13]/,
  })
  const input = page.getByLabel('Key', { exact: true })
  await input.fill('wrong'.repeat(5))
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText("none of this intake's").waitFor()
  await input.fill(key)
  await page.keyboard.press('Enter')
  await page.getByRole('row', { name: /parse/ }).waitFor()
  await page.reload()
  await page.getByRole('row', { name: /parse/ }).waitFor()
})

test('an answer that takes long is said to be on its way', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/profiles?${range}`)
  await settled(page)
  let answer = () => {}
  const held = new Promise<void>((resolve) => {
    answer = resolve
  })
  await page.route('**/api/v1/flame-graph*', async (route) => {
    await held
    await route.continue()
  })
  await page.getByRole('link', { name: 'Explore' }).click()
  await page.getByRole('progressbar').waitFor()
  answer()
  await page.getByRole('application').waitFor()
  await counts(page.getByRole('progressbar'), 0)
})

test('an export that fails says so', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/explore?${range}`, { mayFail: /ERR_FAILED/ })
  await page.route('**/api/v1/merge.pb.gz*', (route) => route.abort())
  await page.getByLabel('Export').selectOption('pprof')
  await says(page.getByRole('alert'), 'pprof is not saved. The intake does not answer.')
})

test('an intake that is stopped is said, and the page goes on when it is back', async (t) => {
  const { intake, store, range } = await explored(t, fillShop)
  const { page } = await openPage(t, `${intake.url}/profiles?${range}`, {
    mayFail: /ERR_CONNECTION_REFUSED/,
  })
  await settled(page)
  await intake.close()
  await page.getByRole('link', { name: 'Explore' }).click()
  await page.getByRole('heading', { name: 'The intake does not answer' }).waitFor()
  const again = await startIntake({ port: Number(new URL(intake.url).port), sink: store, queries: store })
  atEnd(t, () => again.close())
  await page.getByRole('application').waitFor()
  await counts(page.getByRole('alert'), 0)
})

test('a mistyped address is said to be no page, with a way to the overview', async (t) => {
  const { intake } = shop()
  const { page } = await openPage(t, `${intake.url}/explroe?t=1h`, { mayFail: /status of 404/ })
  await page.getByRole('heading', { name: 'No such page' }).waitFor()
  await page.getByText('There is nothing at /explroe.').waitFor()
  await page.getByRole('link', { name: 'Go to the overview' }).click()
  await page.waitForURL(`${intake.url}/`)
  await counts(page.getByRole('heading', { name: 'No such page' }), 0)
})

test('an upload that is refused is told on the overview, also where nothing else is there yet', async (t) => {
  const { intake } = await explored(t, async () => {}, {}, { limits: { eventBytes: 1_000 } })
  const { page } = await openPage(t, intake.url, { isClockOurs: true })
  await page.getByRole('heading', { name: 'No profiles yet in this range' }).waitFor()
  const losses = page.getByRole('list', { name: 'Not kept' })
  await counts(losses, 0)
  const large = event({ note: '<img src=x onerror=alert(1)>'.repeat(99) })
  assert.equal((await post(intake, uploadBody(large, { 'wall.pprof': await realProfile() }))).status, 413)
  await page.clock.fastForward('01:00')
  await losses.waitFor()
  assert.match(
    await losses.innerText(),
    /^1\s+uploads refused\. event\.json is [\d,]+ bytes or more; the limit is 1,000 \(limits\.eventBytes\)\.[\s\S]*--limit eventBytes=/,
  )
})
