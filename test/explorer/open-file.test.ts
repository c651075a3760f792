import assert from 'node:assert/strict'
import { Session } from 'node:inspector/promises'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { formatValue } from '../../src/explorer/flame/format'
import { atEnd } from '../helpers/at-end'
import { heapTypes, makeProfile, ticks, wallTypes } from '../intake/profiles'
import { counts, drawn, openPage, says, useBrowser } from './browser'
import { useExplored } from './shop'

useBrowser()
const empty = useExplored(async () => {})

const wall = makeProfile(wallTypes, [
  ticks(['parse@/app/node_modules/json/x.js', 'handle@/app/cart.js'], 300),
  ticks(['handle@/app/cart.js'], 100),
])

const choose = (page: Page, name: string, buffer: Buffer) =>
  page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer })

async function opened(t: Parameters<typeof openPage>[0]) {
  const { intake } = empty()
  const seen = await openPage(t, `${intake.url}/open`)
  const requests: string[] = []
  await seen.page.getByRole('button', { name: 'Choose a file' }).waitFor()
  seen.page.on('request', (request) => {
    if (!request.url().includes('/assets/')) requests.push(`${request.method()} ${request.url()}`)
  })
  return { ...seen, requests }
}

test('a pprof, with gzip and without: picture, table and sandwich, and nothing leaves the page', async (t) => {
  const { page, requests } = await opened(t)
  for (const [name, bytes] of [
    ['wall.pprof.gz', wall],
    ['wall.pprof', gunzipSync(wall)],
  ] as const) {
    await choose(page, name, bytes)
    await page.getByRole('heading', { name, exact: true }).waitFor()
    await page.getByText('3.20 s', { exact: true }).waitFor()
    const graph = page.getByRole('application')
    await graph.focus()
    for (const key of ['Home', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key)
    await says(page.locator('.flame-details'), /parse.*2\.40 s 75\.0 %/, 'textContent')
  }
  await page.getByLabel('Measure').selectOption({ label: 'sample' })
  await page.getByRole('tab', { name: 'Table' }).click()
  const row = page.getByRole('row', { name: /parse/ })
  await says(row, /300 75\.0 %/, 'textContent')
  await row.getByRole('link', { name: 'parse' }).click()
  await page.getByRole('heading', { name: 'Callers' }).waitFor()
  await page.waitForURL(/\/open\?.*tab=sandwich&fn=parse/)
  assert.deepEqual(requests, [])
})

test('keys that come before the picture has a size walk it all the same', async (t) => {
  const { page } = await opened(t)
  await choose(page, 'wall.pprof', wall)
  await page.getByRole('application').waitFor()
  await page.locator('.flame-scroll').evaluate((element) => {
    element.style.width = '0'
  })
  // Asked by selector: a function that is asked again and again is made of a string each time, which the page's policy forbids.
  await page.locator('canvas[role=application][width="0"]').waitFor({ state: 'attached' })
  await page.getByRole('application').focus()
  for (const key of ['Home', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key)
  await says(page.locator('.flame-details'), /parse.*2\.40 s 75\.0 %/, 'textContent')
  assert.equal(new URL(page.url()).searchParams.get('at'), null)
})

/** Keys that come faster than the page draws. */
const pressAtOnce = (page: Page, ...keys: string[]) =>
  page.getByRole('application').evaluate(
    `(element, keys) => {
      for (const key of keys) element.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true }))
    }`,
    keys,
  )

test('a zoom that is taken back before it was drawn is taken back', async (t) => {
  const { page } = await opened(t)
  await choose(page, 'wall.pprof', wall)
  await says(page.locator('.coverage'), '3.20 s')
  await page.getByRole('application').focus()
  for (const keys of [
    ['+', '0'],
    ['ArrowDown', 'Enter', '0'],
  ]) {
    await pressAtOnce(page, ...keys)
    await drawn(page)
    await counts(page.locator('.minimap-seen'), 0)
    assert.doesNotMatch(page.url(), /[?&](at|x)=/)
  }
})

test('another picture below the keyboard and an open menu: both stay with their function, or end', async (t) => {
  const { page } = await opened(t)
  await choose(page, 'wall.pprof', wall)
  const graph = page.getByRole('application')
  await graph.focus()
  for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'm']) await page.keyboard.press(key)
  await says(page.locator('.menu-title'), 'parse')
  const other = [['first@/app/a.js'], ['parse@/app/node_modules/json/x.js', 'handle@/app/cart.js']]
  await choose(
    page,
    'other.pprof',
    makeProfile(
      wallTypes,
      other.map((stack) => ticks(stack, 100)),
    ),
  )
  await page.getByRole('heading', { name: 'other.pprof', exact: true }).waitFor()
  await says(page.locator('.menu-title'), 'parse')
  await says(page.locator('.flame-details'), /parse.*800 ms 50\.0 %/, 'textContent')
  await choose(page, 'one.pprof', makeProfile(wallTypes, [ticks(['last@/app/z.js'], 100)]))
  await page.getByRole('heading', { name: 'one.pprof', exact: true }).waitFor()
  await counts(page.getByRole('menu'), 0)
  await says(page.locator('.flame-details'), 'Click a frame to zoom')
})

test('what V8 writes itself: a CPU profile and a heap profile of this process', async (t) => {
  const session = new Session()
  session.connect()
  atEnd(t, () => session.disconnect())
  await session.post('HeapProfiler.startSampling', { samplingInterval: 1_024 })
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
  const kept: string[] = []
  const untilMs = Date.now() + 300
  while (Date.now() < untilMs) work(kept)
  const cpu = (await session.post('Profiler.stop')).profile
  const heap = (await session.post('HeapProfiler.stopSampling')).profile
  assert.ok(kept.length > 0)
  const { page } = await opened(t)
  await choose(page, 'run.cpuprofile', Buffer.from(JSON.stringify(cpu)))
  await page.getByRole('heading', { name: 'run.cpuprofile' }).waitFor()
  const micros = cpu.timeDeltas?.slice(1).reduce((sum, delta) => sum + Math.max(0, delta), 0) ?? 0
  await says(page.locator('.coverage b'), formatValue(micros * 1_000, 'nanoseconds'), 'textContent')
  await page.getByRole('tab', { name: 'Table' }).click()
  await page.getByRole('link', { name: 'work', exact: true }).waitFor()
  await choose(page, 'run.heapprofile', Buffer.from(JSON.stringify(heap)))
  await page.getByRole('heading', { name: 'run.heapprofile' }).waitFor()
  await says(page.locator('.coverage b'), /[KM]iB/, 'textContent')
})

function work(kept: string[]): void {
  for (let i = 0; i < 10_000; i++) kept[i] = `${Math.sqrt(i)}`
}

test('a file that cannot be read gets one clear error, and the next one is read', async (t) => {
  const { page } = await opened(t)
  const whole = gunzipSync(wall)
  const bad: [name: string, bytes: Buffer, says: RegExp][] = [
    ['empty.pprof', Buffer.alloc(0), /empty\.pprof cannot be shown: it is empty/],
    ['cut.pprof.gz', wall.subarray(0, wall.length / 2), /its gzip is broken or cut/],
    ['cut.pprof', whole.subarray(0, whole.length / 2), /cut\.pprof cannot be shown: .{10,}/],
    ['noise.pprof', Buffer.from('hello, this is no profile'), /noise\.pprof cannot be shown: .{10,}/],
    ['cut.cpuprofile', Buffer.from('{"nodes":[{"id":1,'), /it is no whole JSON/],
    ['other.json', Buffer.from('{"a":1}'), /neither a \.cpuprofile \(nodes\) nor a \.heapprofile \(head\)/],
    ['odd.cpuprofile', Buffer.from('{"nodes":[{"id":1},{"id":"2"},null]}'), /no callFrame|no id/],
    ['none.pprof', makeProfile(heapTypes, []), /it holds no samples/],
    [
      '<img src=x onerror=alert(1)>.pprof',
      Buffer.from([255]),
      /<img src=x onerror=alert\(1\)>\.pprof cannot/,
    ],
  ]
  for (const [name, bytes, says] of bad) {
    await choose(page, name, bytes)
    await page.getByRole('alert').getByText(says).waitFor()
    await counts(page.getByRole('alert'), 1)
  }
  // Rings of children end.
  const ring = {
    nodes: [
      { id: 1, callFrame: { functionName: 'f' }, hitCount: 5, children: [2] },
      { id: 2, callFrame: {}, hitCount: 1, children: [1, 2] },
      { id: 3, callFrame: { functionName: 'g' }, hitCount: 2 },
    ],
  }
  await choose(page, 'ring.cpuprofile', Buffer.from(JSON.stringify(ring)))
  await page.getByRole('heading', { name: 'ring.cpuprofile' }).waitFor()
  await counts(page.getByRole('alert'), 0)
})

test('a file is dropped on the page', async (t) => {
  const { page } = await opened(t)
  const data = await page.evaluateHandle(
    `((bytes) => {
      const data = new DataTransfer()
      data.items.add(new File([new Uint8Array(bytes)], 'dropped.pprof'))
      return data
    })(${JSON.stringify([...wall])})`,
  )
  await page.dispatchEvent('main section', 'drop', { dataTransfer: data })
  await page.getByRole('heading', { name: 'dropped.pprof' }).waitFor()
})
