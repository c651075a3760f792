import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startIntake } from '../../src/intake/server'
import type { IntakeStore } from '../../src/intake/store/intake-store'
import { atEnd } from '../helpers/at-end'
import { tempDir } from '../intake/helpers'
import { makeUpload, ticks } from '../intake/profiles'
import { counts, openPage, says, settled, useBrowser } from './browser'
import { explored } from './shop'

useBrowser()

const depth = 80
const deep = Array.from({ length: depth }, (_, i) => `f${i}@/app/deep.js`).reverse()

/** In the last hour, which the page asks for. */
async function upload(store: IntakeStore, agoMs: number, wall = [ticks(deep, 100)]): Promise<void> {
  await store.profiles(makeUpload({ startMs: Date.now() - agoMs, durationMs: 10_000, wall }))
}

const topOf = (page: Page, selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => element.scrollTop)

const scroll = (page: Page, selector: string, by: number) =>
  page
    .locator(selector)
    .first()
    .evaluate((element, pixels) => {
      element.scrollTop += pixels
    }, by)

/** Opens a view of a store with one upload, and lets another come after `read`. */
async function whileMoreComes(t: TestContext, query: string, read: (page: Page) => Promise<void>) {
  const { intake, store } = await explored(t, (store) => upload(store, 60_000))
  const { page } = await openPage(t, `${intake.url}/explore?${query}`, { isClockOurs: true })
  await says(page.locator('.coverage'), '800 ms')
  await settled(page)
  await read(page)
  await upload(store, 40_000)
  await store.settle()
  await page.clock.fastForward('01:00')
  await says(page.locator('.coverage'), '1.60 s')
  await settled(page)
  return page
}

test('a flame graph stays where somebody reads it when data come, and one of another shape begins anew', async (t) => {
  const page = await whileMoreComes(t, '', (page) => scroll(page, '.flame-scroll', 700))
  assert.equal(await topOf(page, '.flame-scroll'), 700)
  await page.getByRole('radio', { name: 'Inverted' }).click()
  await page.waitForURL(/shape=inverted/)
  await settled(page)
  assert.equal(await topOf(page, '.flame-scroll'), 0)
})

test('so does one that grows upwards', async (t) => {
  let before = 0
  const page = await whileMoreComes(t, 'shape=flame', async (page) => {
    await scroll(page, '.flame-scroll', -300)
    before = await topOf(page, '.flame-scroll')
    assert.ok(before > 0)
  })
  assert.equal(await topOf(page, '.flame-scroll'), before)
})

test('so do the lines of a file', async (t) => {
  const dir = tempDir(t)
  const file = join(dir, 'deep.js')
  writeFileSync(file, Array.from({ length: 500 }, (_, i) => `line${i + 1}()`).join('\n'))
  const wall = [ticks([`work@${file}:250`], 100)]
  const { intake, store } = await explored(t, (store) => upload(store, 60_000, wall), { sourceRoots: [dir] })
  const { page } = await openPage(t, `${intake.url}/explore?tab=source`, { isClockOurs: true })
  const costly = page.getByRole('row').filter({ hasText: 'line250()' })
  await says(costly, '800 ms', 'textContent')
  await scroll(page, '.source', -200)
  const before = await topOf(page, '.source')
  assert.ok(before > 0)
  await upload(store, 40_000, wall)
  await store.settle()
  await page.clock.fastForward('01:00')
  await says(costly, '1.60 s', 'textContent')
  assert.equal(await topOf(page, '.source'), before)
})

test('an intake that stops while somebody reads: what is shown stays, and is said to be from before', async (t) => {
  const { intake, store } = await explored(t, (store) => upload(store, 60_000))
  const { page } = await openPage(t, `${intake.url}/explore`, {
    isClockOurs: true,
    mayFail: /ERR_CONNECTION_REFUSED/,
  })
  await says(page.locator('.coverage'), '800 ms')
  await intake.close()
  await page.clock.fastForward('01:00')
  await page.getByRole('alert').getByText('What is shown is from before').waitFor()
  await page.getByRole('application').waitFor()
  await says(page.locator('.coverage'), '800 ms')
  const again = await startIntake({ port: Number(new URL(intake.url).port), sink: store, queries: store })
  atEnd(t, () => again.close())
  await counts(page.getByRole('alert'), 0)
  await page.getByRole('application').waitFor()
})

test('what is searched is brought into sight; Enter takes the keyboard to it, N and P to the next and the one before', async (t) => {
  const other = [...deep.slice(depth - 60), 'top@/app/other.js']
  const { intake } = await explored(t, (store) => upload(store, 60_000, [ticks(deep, 100), ticks(other, 50)]))
  const { page } = await openPage(t, `${intake.url}/explore`, { reducedMotion: 'reduce' })
  await says(page.locator('.coverage'), '1.20 s')
  assert.equal(await topOf(page, '.flame-scroll'), 0)
  await page.keyboard.press('/')
  await page.keyboard.type('f59')
  await page.waitForURL(/find=f59/)
  await settled(page)
  const found = await topOf(page, '.flame-scroll')
  assert.ok(found > 300, `${found} pixels`)
  await page.keyboard.press('Enter')
  const details = page.locator('.flame-details')
  await says(details, /f59\s[\s\S]*800 ms/)
  await page.keyboard.press('n')
  await says(details, /f59\s[\s\S]*400 ms/)
  await page.keyboard.press('p')
  await says(details, /f59\s[\s\S]*800 ms/)
  const { page: again } = await openPage(t, `${intake.url}/explore?find=f59`)
  await says(again.locator('.coverage'), '1.20 s')
  await settled(again)
  assert.ok((await topOf(again, '.flame-scroll')) > 300)
})
