import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { tempDir } from '../intake/helpers'
import { makeUpload, ticks } from '../intake/profiles'
import { counts, drawn, noSource, openPage, says, settled, useBrowser } from './browser'
import { explored, fillShop, useExplored } from './shop'

useBrowser()
const shop = useExplored(fillShop)

const details = (page: Page) => page.locator('.flame-details').first()
const graph = (page: Page) => page.getByRole('application').first()

test('the call graph: who calls whom, with the keyboard, around one function and back', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/explore?${range}&tab=graph`)
  const node = (name: RegExp) => page.getByRole('button', { name })
  await node(/^handle, Your code, total 86\.5 %/).waitFor()
  await counts(page.locator('.graph-node'), 6)
  await node(/^emit,/).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(/fn=parse/)
  await node(/^parse, Libraries, total 48\.1 %, self 48\.1 %/).waitFor()
  await counts(page.locator('.graph-node'), 3)
  await node(/^parse/).focus()
  await page.keyboard.press('Escape')
  await node(/^render/).waitFor()
  await node(/^render/).focus()
  await page.keyboard.press('+')
  await page.waitForURL(/x=/)
  await page.keyboard.press('s')
  await page.getByRole('heading', { name: 'Callers' }).waitFor()
})

test('a zoom of the call graph that is taken back before the address has it is taken back', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/explore?${range}&tab=graph`)
  const placed = page.locator('svg.graph > g')
  await counts(page.locator('.graph-node'), 6)
  const before = await placed.getAttribute('transform')
  await page.locator('.graph-node').first().focus()
  await page.evaluate(`for (const key of ['+', '0'])
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))`)
  await drawn(page)
  assert.equal(await placed.getAttribute('transform'), before)
})

test('lines with their cost beside the code, of a file that the intake may show', async (t) => {
  const dir = tempDir(t)
  mkdirSync(join(dir, 'app/routes'), { recursive: true })
  const code = Array.from({ length: 3_000 }, (_, i) => `const line${i + 1} = ${i + 1}`)
  writeFileSync(join(dir, 'app/routes/cart.js'), code.join('\n'))
  const { store, intake, range } = await explored(t, async () => {}, { sourceRoots: [join(dir, 'app')] })
  const file = join(dir, 'app/routes/cart.js')
  const wall = [
    ticks([`handle@${file}:1500`], 300),
    ticks([`handle@${file}:12`], 100),
    ticks(['x@/etc/hosts.js:3'], 20),
  ]
  await store.profiles(makeUpload({ startMs: Date.now() - 600_000, wall }))
  await store.settle()
  code[1_500] = 'const markup = `</code><script>${test("\u202e")}</script>` // it\'s "one" line'
  code[1_501] = '/* of two'
  code[1_502] = "lines' */ work()"
  writeFileSync(file, code.join('\n'))
  const { page } = await openPage(t, `${intake.url}/explore?${range}&tab=source`, noSource)
  const row = (text: string) => page.getByRole('row').filter({ hasText: text })
  await row('const line1500 = 1500').waitFor()
  await says(row('const line1500 = 1500'), /2\.40 s2\.40 s1500/, 'textContent')
  await row('work()').locator('.code-comment', { hasText: "lines' */" }).waitFor()
  const pieces = async (text: string) =>
    (
      await row(text)
        .locator('code > span')
        .evaluateAll((spans) => spans.map((span) => `${span.className} ${span.textContent}`))
    ).map((piece) => piece.replace('code-', ''))
  assert.deepEqual(await pieces('const markup'), [
    'keyword const',
    'string `</code><script>',
    'string "\\u202e"',
    'string </script>`',
    'comment // it\'s "one" line',
  ])
  assert.deepEqual(await pieces('const line1500'), ['keyword const', 'number 1500'])
  assert.equal(await row('const line1 = ').count(), 0, 'only what is seen is in the document')
  await page.getByRole('table', { name: /cart\.js/ }).focus()
  await page.keyboard.press('n')
  await page.waitForURL(/line=12/)
  await says(row('const line12 ='), /800 ms800 ms12/, 'textContent')
  await page.getByLabel('File', { exact: true }).selectOption({ label: '/etc/hosts.js' })
  await page.getByText('it is in no directory of sourceRoots').waitFor()
  await row('160 ms').waitFor()
})

test('where the intake may show no source, the page says how to allow it, and has the costs', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(
    t,
    `${intake.url}/explore?${range}&tab=source&file=/app/routes/cart.js`,
    noSource,
  )
  await page.getByText('npm run intake -- --source-roots /path/to/app').waitFor()
  await page
    .getByRole('row')
    .filter({ hasText: /7\.20 s\s*12/ })
    .waitFor()
})

test('hiding frames and stacks: said as chips, and percentages stay those of the whole', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/explore?${range}`, { reducedMotion: 'reduce' })
  await graph(page).focus()
  for (const key of ['ArrowDown', 'ArrowDown']) await page.keyboard.press(key)
  await page.keyboard.press('m')
  await page.getByRole('menuitem', { name: 'Hide its frames' }).click()
  await page.getByRole('button', { name: 'frames hidden: handle' }).waitFor()
  await graph(page).focus()
  for (const key of ['Home', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key)
  await says(details(page), /parse.*4\.00 s 48\.1 %/, 'textContent')
  await page.keyboard.press('m')
  await page.getByRole('menuitem', { name: 'Hide stacks with it' }).click()
  await page.getByRole('button', { name: 'stacks hidden: parse' }).waitFor()
  await graph(page).focus()
  for (const key of ['Home', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key)
  await says(details(page), /render.*3\.20 s 38\.5 %/, 'textContent')
  await page.getByRole('tab', { name: 'Table' }).click()
  await counts(page.getByRole('row', { name: /parse/ }), 0)
  await says(page.getByRole('row', { name: /render/ }), /38\.5 %/, 'textContent')
  await page.getByRole('tab', { name: 'Flame graph' }).click()
  await page.getByRole('button', { name: 'frames hidden: handle' }).click()
  await page.getByRole('button', { name: 'stacks hidden: parse' }).click()
  await page.waitForURL((url) => !/hide|drop/.test(url.search))
})

test('merged by package and by file, and split by thread', async (t) => {
  const { intake, range } = shop()
  const path = async (query: string, keys: number, expected: RegExp) => {
    const { page } = await openPage(t, `${intake.url}/explore?${range}${query}`, { reducedMotion: 'reduce' })
    await graph(page).focus()
    for (let n = 0; n < keys; n++) await page.keyboard.press('ArrowDown')
    await says(details(page), expected, 'textContent')
  }
  await path('&merge=package', 1, /^\(Node\.js\)/)
  await path('&merge=package', 2, /^\(your code\).*8\.00 s/)
  await path('&merge=package', 3, /^json-fast.*4\.00 s/)
  await path('&merge=file', 3, /^…\/json-fast\/index\.js.*4\.00 s/)
  await path('&by=thread', 1, /^\(none\).*8\.32 s 100 %/)
  await path('&by=thread', 4, /^parse.*4\.00 s/)
})

test('only my code: libraries, Node.js and native code are left out, and percentages stay those of the whole', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/explore?${range}`, { reducedMotion: 'reduce' })
  await page.getByLabel('Only my code').check()
  await page.waitForURL(/own=1/)
  await graph(page).focus()
  await page.keyboard.press('ArrowDown')
  await says(details(page), /^handle.*7\.20 s 86\.5 %.*self 4\.00 s/, 'textContent')
  await page.keyboard.press('ArrowDown')
  await says(details(page), /^render.*3\.20 s 38\.5 %/, 'textContent')
  await page.getByRole('tab', { name: 'Table' }).click()
  await counts(page.getByRole('row', { name: /parse/ }), 0)
  await page.getByRole('tab', { name: 'Flame graph' }).click()
  await page.getByLabel('Colour by').selectOption('thread')
  await page.getByRole('list', { name: 'Colours' }).getByText('(none)').waitFor()
  await graph(page).focus()
  for (const key of ['Home', 'ArrowDown']) await page.keyboard.press(key)
  await says(details(page), /^\(none\).*8\.32 s 100 %/, 'textContent')
})

test('a breakdown by endpoint, and by package; one of them filters all views', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/explore?${range}&split=package`)
  const list = page.getByRole('complementary')
  await says(list.getByRole('listitem').first(), /^json-fast4\.00 s 48\.1 %/, 'textContent')
  const choice = page.getByLabel('Break down by')
  await choice.fill('endpoint')
  await choice.press('Enter')
  await list.getByRole('link', { name: 'GET /slow' }).waitFor()
  await says(list.getByRole('listitem').first(), /^GET \/cart7\.20 s 86\.5 %/, 'textContent')
  await list.getByRole('link', { name: 'GET /slow' }).click()
  await page.getByRole('button', { name: 'endpoint: GET /slow' }).waitFor()
  await page.getByText('800 ms', { exact: true }).waitFor()
  await choice.fill('label:trace endpoint')
  await choice.press('Enter')
  await page.getByRole('button', { name: 'endpoint: GET /slow' }).click()
  await list.getByRole('link', { name: 'GET /cart' }).click()
  await page.getByRole('button', { name: 'trace endpoint: GET /cart' }).waitFor()
  await page.getByText('7.20 s', { exact: true }).first().waitFor()
})

test('the sides of a comparison beside each other are zoomed together', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/compare?${range}&a.q=version:1&b.q=version:2&tab=sides`, {
    reducedMotion: 'reduce',
  })
  const sides = page.getByRole('application')
  await sides.nth(1).waitFor()
  await counts(sides, 2)
  await sides.first().focus()
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key)
  await says(details(page), /render.*A 54\.\d %.*B 29\.\d %/, 'textContent')
  await page.keyboard.press('Enter')
  await page.waitForURL(/at=/)
  await page.keyboard.press('Tab')
  for (const side of ['a', 'b'])
    await says(page.locator(`.side-by-side .side-${side} .flame-details`), /render/, 'textContent')
})

test('the minimap shows another part, and the picture is saved as SVG with whole names', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/explore?${range}&x=0.0_0.2`, { reducedMotion: 'reduce' })
  await settled(page)
  const box = await page.locator('.minimap').boundingBox()
  assert.ok(box)
  await page.mouse.click(box.x + box.width * 0.8, box.y + 10)
  await page.waitForURL(/x=0\.7\d*_0\.9/)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save as SVG' }).click()
  const stream = await (await download).createReadStream()
  let svg = ''
  for await (const part of stream) svg += part
  assert.match(svg, /^<svg [^>]+>/)
  assert.ok(svg.includes('<title>render</title>') && svg.endsWith('</svg>'))
})

test('over time: a line for each version, and dragging chooses that time', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/explore?${range}`)
  await settled(page)
  await page.getByLabel('Over time', { exact: true }).check()
  const chart = page.getByRole('img', { name: 'Over time: 1, 2; marked: 2' })
  await page.getByText('A dashed line is the first profile of a version.').waitFor()
  // The range begins 40 minutes before.
  await page.getByText(/One point a minute\. Nothing before \w+ \d+, [\d:]+\./).waitFor()
  await chart.locator('canvas').waitFor()
  const box = await chart.locator('.u-over').boundingBox()
  assert.ok(box)
  await page.mouse.move(box.x + 5, box.y + 40)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2, box.y + 40, { steps: 4 })
  await page.mouse.up()
  await page.waitForURL((url) => url.search.includes('over=1') && !url.search.includes(range))
})

test('a filter goes along from view to view; a view that cannot apply it says so, the overview is of all', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/explore?${range}&endpoint=GET+%2Fcart`)
  const chip = () => page.getByRole('button', { name: /^endpoint: GET \/cart/ })
  const open = (name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
  await open('Traces')
  await page.waitForURL(/\/traces\?.*endpoint=/)
  await says(chip(), /^endpoint: GET \/cart$/)
  await open('Endpoints')
  await page.waitForURL(/\/endpoints\?.*endpoint=/)
  await says(chip(), /^endpoint: GET \/cart \(not here\)$/)
  await open('Explore')
  await page.waitForURL(/\/explore\?.*endpoint=/)
  await says(chip(), /^endpoint: GET \/cart$/)
  await open('Overview')
  await page.waitForURL((url) => url.pathname === '/' && !url.searchParams.has('endpoint'))
})
