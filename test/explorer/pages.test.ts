import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { openPage, says, settled, useBrowser } from './browser'
import { childId, explored, fillShop, rootId, traceId, useExplored } from './shop'

useBrowser()
const shop = useExplored(fillShop)

const details = (page: Page) => page.locator('.flame-details').first()
const graph = (page: Page) => page.getByRole('application').first()

test('from the overview to the function that costs, with the keyboard alone', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/?${range}`)
  const service = page.getByRole('link', { name: 'shop', exact: true })
  await service.waitFor()
  await service.focus()
  await page.keyboard.press('Enter')
  await graph(page).waitFor()
  await page.waitForURL(/\/explore\?.*q=service%3Ashop/)
  await graph(page).focus()
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key)
  await says(details(page), /parse[\s\S]*4\.00 s 48\.1 %[\s\S]*self[\s\S]*4\.00 s/)
  await page.keyboard.press('Enter')
  await page.waitForURL(/at=/)
  await page.keyboard.press('m')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Callers' }).waitFor()
  await page.waitForURL(/tab=sandwich&fn=parse/)
})

test('an insight leads to the view that proves it', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/?${range}`)
  await page.getByRole('link', { name: /GET \/cart costs 48 ms of CPU in version 2/ }).click()
  await page.getByRole('button', { name: 'endpoint: GET /cart' }).waitFor()
  await page.waitForURL(/\/compare\?.*a\.q=service%3Ashop\+version%3A1&b\.q=service%3Ashop\+version%3A2/)
  const first = page.getByRole('table', { name: 'Functions that changed' }).getByRole('row').nth(1)
  await says(first, /parse/)
})

test('the picture, the table and the sandwich say the same numbers', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/explore?${range}`)
  await graph(page).hover({ position: { x: 100, y: 50 } })
  await says(details(page), /handle\n.*cart\.js:10/)
  const total = /([\d.]+ s) [\d.]+ %/.exec(await details(page).innerText())?.[1]
  await page.getByRole('tab', { name: 'Table' }).click()
  const row = page.getByRole('row', { name: /handle/ })
  await says(row, total as string)
  await row.getByRole('link', { name: 'Sandwich' }).click()
  await page.getByRole('heading', { name: 'Callees' }).waitFor()
  await says(page.locator('.tools .values'), new RegExp(`^${total}`))
})

test('a search says its shares, a filter is a chip, and both are in the address', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/explore?${range}`)
  await graph(page).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('parse')
  await page.getByText('48.1 % self, 48.1 % total of the whole').waitFor()
  await page.waitForURL(/find=parse/)
  await graph(page).click({ button: 'right', position: { x: 60, y: 70 } })
  await page.getByRole('menuitem', { name: 'Only stacks with it' }).click()
  await page.getByRole('button', { name: 'with function: parse' }).waitFor()
  await page.getByText('100 % self, 100 % total of the whole').waitFor()
  await page.getByRole('button', { name: 'with function: parse' }).click()
  await page.getByText('48.1 % self').waitFor()
})

test('two versions: what became more stands first, beyond chance, and each side can be opened', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/compare?${range}&tab=table`)
  const first = page.getByRole('table', { name: 'Functions that changed' }).getByRole('row').nth(1)
  await first.waitFor()
  await page.waitForURL(/a.q=version%3A1&b.q=version%3A2/)
  await says(first, /parse[\s\S]*27\.0 % → 59\.\d %[\s\S]*< 1 %/)
  await page.getByRole('tab', { name: 'Flame graph' }).click()
  await graph(page).focus()
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key)
  await says(details(page), /parse[\s\S]*A 27\.0 % → B 59\.\d % \+1\d\d/)
  await page.getByRole('link', { name: 'Open B' }).click()
  await page.getByText('1 profile merged').waitFor()
  await page.goBack()
  await page.getByLabel('Service', { exact: true }).selectOption('shop')
  await page.waitForURL(/a.q=service%3Ashop\+version%3A1&b.q=service%3Ashop\+version%3A2/)
})

test('endpoints: what each costs, and from one to its slow traces', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/endpoints?${range}`)
  const row = page.getByRole('row', { name: /GET \/cart/ })
  await row.waitFor()
  assert.equal(await page.getByLabel('Measure').count(), 0, 'its columns are measures of their own')
  // 900 ticks of 8 ms over 200 requests.
  await row.getByText('36.0 ms').waitFor()
  // 300 ticks of 100 requests became 600. These columns have queries of their own.
  await row.getByText('+100 %').waitFor()
  await row.getByText('17.2 MiB').waitFor()
  await says(row, /7\.20 s[\s\S]*36\.0 ms\s+\+100 %\s+200/)
  await says(row, /17\.2 MiB\s+Slow traces/)
  await row.getByRole('link', { name: 'Slow traces' }).click()
  await page
    .getByRole('row', { name: /GET \/cart/ })
    .getByText('6.00 s', { exact: true })
    .waitFor()
})

test('a trace: its waterfall, the code of a span, and the time that was not on the CPU', async (t) => {
  const { intake } = shop()
  const { page } = await openPage(t, `${intake.url}/trace/${traceId}?span=${childId}`)
  const root = page.getByRole('option', { name: /GET \/cart/ })
  await root.waitFor()
  assert.equal(await page.getByRole('option', { name: /load/ }).getAttribute('aria-selected'), 'true')
  const waiting = page.getByRole('listitem').filter({ hasText: 'Not on CPU' })
  await waiting.getByText('600 ms').waitFor()
  await root.click()
  await page.waitForURL(new RegExp(`span=${rootId}`))
  await waiting.getByText('3.60 s').waitFor()
  await page.getByRole('radio', { name: 'Functions' }).click()
  const table = page.getByRole('table', { name: 'Functions of the span' })
  await says(table.getByRole('row').nth(1), /render/)
  await page.getByRole('radio', { name: 'Lines' }).click()
  const lines = page.getByRole('table', { name: 'Lines of the span' })
  await says(lines.getByRole('row').nth(1), /cart\.js:8[\s\S]*render[\s\S]*2\.00 s/)
  await page.getByRole('radio', { name: 'Span alone' }).click()
  await page.getByText('No sample fell into this span').waitFor()
  await page.getByRole('radio', { name: 'Whole profile' }).click()
  await lines.getByText('slow.js:4').waitFor()
})

test('from a frame to the endpoints and the traces that run it', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/explore?${range}`)
  const choose = async (item: string) => {
    await graph(page).click({ button: 'right', position: { x: 60, y: 70 } })
    await page.getByRole('menuitem', { name: item }).click()
    await page.getByRole('button', { name: 'with function: parse' }).waitFor()
  }
  await choose('Endpoints that run it')
  const endpoint = page.getByRole('table', { name: 'Endpoints' }).getByRole('row').nth(1)
  await says(endpoint, /GET \/cart[\s\S]*4\.00 s/)
  await page.goBack()
  await choose('Traces that run it')
  await page.getByText('4.00 s of it outside of any known span').waitFor()
  const request = page.getByRole('row', { name: /GET \/cart/ })
  await says(request, /1\.00 s[\s\S]*6\.00 s/)
  await request.getByRole('link').click()
  await page.waitForURL(new RegExp(`span=${rootId}&find=parse`))
  await graph(page).waitFor()
  await page.getByText('33.3 % self, 33.3 % total').waitFor()
  await page.getByRole('button', { name: 'highlighted: parse' }).click()
  await page.waitForURL((url) => !url.searchParams.has('find'))
})

test('spans by kind: what is inside of requests too', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/traces?${range}`)
  const table = page.getByRole('table', { name: 'Requests' })
  await table.getByText('GET /cart').waitFor()
  await page.getByLabel('Kind of span').selectOption('internal')
  await table.getByRole('link', { name: 'load' }).click()
  await page.waitForURL(new RegExp(`span=${childId}`))
})

test('a function: over time by version, callers, callees and lines', async (t) => {
  const { intake, range } = shop()
  const { page, faults } = await openPage(t, `${intake.url}/functions?${range}`)
  await page.getByRole('link', { name: 'parse' }).click()
  await page.getByRole('heading', { name: 'parse' }).waitFor()
  await page.getByRole('img', { name: 'Over time: 1, 2; marked: 2' }).locator('canvas').waitFor()
  const versions = page.getByRole('table', { name: 'By version' })
  const second = versions.getByRole('row', { name: /^2/ })
  // 3.2 s in a minute of process time, where it was 0.8 s.
  await says(second, /53\.3 ms\s+53\.3 ms\s+\+300 %/)
  assert.match(
    (await second.getByRole('link').getAttribute('href')) as string,
    /a\.q=version%3A1&b\.q=version%3A2/,
  )
  await page.getByRole('table', { name: 'Called from' }).getByRole('link', { name: 'handle' }).waitFor()
  await page.getByRole('heading', { name: 'By version, per second of process time', exact: true }).waitFor()
  await page.getByRole('table', { name: 'Lines' }).getByRole('link', { name: '30', exact: true }).click()
  await page.waitForURL(/tab=source.*line=30/)
  await page.getByRole('table', { name: /^Lines of / }).waitFor()
  // That it may show no source, the intake says with a 404.
  faults.length = 0
})

test('profiles: one is opened, and one is downloaded as it was received', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/profiles?${range}`)
  const row = page.getByRole('row', { name: /wall/ }).first()
  const download = page.waitForEvent('download')
  await row.getByRole('button', { name: /Download/ }).click()
  assert.match((await download).suggestedFilename(), /^[0-9a-f]{8}-wall\.pprof$/)
  await row.getByRole('link').click()
  await page.getByText('one profile').first().waitFor()
  await page.getByText('5.36 s', { exact: true }).waitFor()
})

test('two single profiles: A and B are chosen, only of one kind, compared, swapped and opened', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/profiles?${range}`)
  const [second, first] = [0, 1].map((n) => page.getByRole('row', { name: /wall/ }).nth(n))
  await first?.getByRole('button', { name: 'Compare as A' }).click()
  await page.getByText('Choose B too').waitFor()
  const heap = page.getByRole('row', { name: / s heap / }).first()
  assert.ok(await heap.getByRole('button', { name: 'Compare as B' }).isDisabled())
  await second?.getByRole('button', { name: 'Compare as B' }).click()
  await page.getByRole('link', { name: 'Compare A with B' }).click()
  await page.getByText('of 1 profiles · B').waitFor()
  const coverage = page.locator('.coverage')
  await says(coverage, /A 2\.96 s of 1 profiles · B 5\.36 s of 1 profiles · \+81/)
  const { page: again } = await openPage(t, page.url())
  await again.getByText('of 1 profiles · B').waitFor()
  await again.getByRole('button', { name: 'Swap A and B' }).click()
  await again.getByText('A 5.36 s of 1 profiles').waitFor()
  await page.getByRole('link', { name: 'Open B' }).click()
  await page.getByText('5.36 s', { exact: true }).waitFor()
  await page.getByText('1 profile merged').waitFor()
})

test('a heap profile that is opened alone says its own live heap, not its share of the minutes around it', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/profiles?${range}`)
  await page
    .getByRole('row', { name: / s heap / })
    .first()
    .getByRole('link')
    .click()
  await page.getByText('1 profile merged').waitFor()
  await page.locator('.coverage').getByText('4.77 MiB').waitFor()
})

test('where a picture is zoomed to is in the address, and Escape and the way back lead out', async (t) => {
  const { intake, range } = shop()
  const { page } = await openPage(t, `${intake.url}/explore?${range}`, { reducedMotion: 'reduce' })
  await graph(page).click({ position: { x: 60, y: 70 } })
  await page.waitForURL(/at=/)
  const zoomed = page.url()
  const picture = await graph(page).screenshot()
  const { page: again } = await openPage(t, zoomed, { reducedMotion: 'reduce' })
  await settled(again)
  await again.mouse.move(5, 5)
  await page.mouse.move(5, 5)
  assert.equal(await again.locator('.crumbs').innerText(), await page.locator('.crumbs').innerText())
  assert.ok(picture.length > 0)
  await graph(page).focus()
  await page.keyboard.press('Escape')
  await page.waitForURL((url) => url.href !== zoomed)
  await page.goBack()
  await page.waitForURL(zoomed)
})

test('nothing stored: the page says how to start an application, with this address', async (t) => {
  const { intake } = await explored(t, async () => {})
  const { page } = await openPage(t, `${intake.url}/`)
  await page.getByRole('heading', { name: 'No profiles yet in this range' }).waitFor()
  await says(page.locator('pre'), `DD_TRACE_AGENT_URL=${intake.url}`)
})

test('a span of time that the page does not know is the usual one, and said to be', async (t) => {
  const { intake } = shop()
  const { page } = await openPage(t, `${intake.url}/open?t=12h`)
  await page.getByRole('link', { name: 'Traces', exact: true }).click()
  assert.equal(await page.getByLabel('Time range').inputValue(), '1h')
})

test('a query that the intake refuses is said in its words', async (t) => {
  const { intake } = await explored(t, async () => {})
  const { page, faults } = await openPage(t, `${intake.url}/explore?q=shop`)
  await page.getByText('a term is key:value or -key:value').waitFor()
  assert.equal(faults.length, 1)
  faults.length = 0
})
