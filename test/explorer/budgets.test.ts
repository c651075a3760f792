import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { CDPSession, Page } from 'playwright-core'
import { type MadeSample, makeUpload } from '../intake/profiles'
import { noSource, openPage, settled, useBrowser } from './browser'
import { explored, fillShop } from './shop'

useBrowser()

const kib = 1_024
const built = join(__dirname, '../../dist/explorer')
const gzipped = (name: string) => gzipSync(readFileSync(join(built, name)), { level: 9 }).length

test('first load of 70 KiB at most, gzip, and 40 KiB for what comes later', (t) => {
  const page = readFileSync(join(built, 'index.html'), 'utf8')
  const files = readdirSync(join(built, 'assets')).filter((name) => /\.(js|css)$/.test(name))
  const first = files.filter((name) => page.includes(name))
  const bytes = first.reduce((sum, name) => sum + gzipped(`assets/${name}`), gzipped('index.html'))
  t.diagnostic(`first load ${(bytes / kib).toFixed(1)} KiB`)
  assert.ok(bytes <= 70 * kib, `${bytes} bytes`)
  for (const name of files.filter((one) => !first.includes(one))) {
    t.diagnostic(`later ${name} ${(gzipped(`assets/${name}`) / kib).toFixed(1)} KiB`)
    assert.ok(gzipped(`assets/${name}`) <= 40 * kib, name)
  }
})

/** Stacks of 60 frames that branch everywhere: some 100,000 nodes. */
function bigProfile(stacks: number): MadeSample[] {
  let state = 7
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  return Array.from({ length: stacks }, () => {
    const shared = next(45)
    const stack = Array.from({ length: 60 }, (_, depth) =>
      depth < shared ? `shared${depth}@/app/s.js` : `f${next(400)}@/app/f${depth % 9}.js`,
    )
    return { stack: stack.reverse(), values: [1, 10_000_000, 10_000_000] }
  })
}

const numbers = async (session: CDPSession) => {
  const { metrics } = await session.send('Performance.getMetrics')
  return (name: string) => metrics.find((metric) => metric.name === name)?.value as number
}

/** CPU of the page's thread for one frame, milliseconds, while something moves. */
async function cpuPerFrame(
  page: Page,
  session: CDPSession,
  move: (n: number) => Promise<void>,
): Promise<number> {
  const count =
    'new Promise((done) => { globalThis.frames_ ??= 0; const tick = () => { globalThis.frames_++; requestAnimationFrame(tick) }; tick(); done() })'
  await page.evaluate(`globalThis.frames_ === undefined && ${count}`)
  const [before, framesBefore] = [
    await numbers(session),
    (await page.evaluate('globalThis.frames_')) as number,
  ]
  for (let n = 0; n < 60; n++) await move(n)
  const [after, framesAfter] = [await numbers(session), (await page.evaluate('globalThis.frames_')) as number]
  return ((after('TaskDuration') - before('TaskDuration')) * 1_000) / Math.max(1, framesAfter - framesBefore)
}

test('a profile of 100,000 nodes: DOM, heap, and CPU per frame while panning and zooming', async (t) => {
  const { intake, range } = await explored(t, async (store, startMs) => {
    await store.profiles(makeUpload({ startMs, wall: bigProfile(3_000) }))
  })
  const { page } = await openPage(t, `${intake.url}/`)
  const query = new URLSearchParams(range)
  const graph = await fetch(
    `${intake.url}/api/v1/flame-graph?fromMs=${query.get('from')}&toMs=${query.get('to')}&maxNodes=131072`,
  )
  const text = await graph.text()
  const { nodes } = JSON.parse(text) as { nodes: { parent: number[] } }
  t.diagnostic(`${nodes.parent.length} nodes`)
  assert.ok(nodes.parent.length > 90_000)
  // All of it, not the 16,384 nodes that the page asks for.
  await page.route('**/api/v1/flame-graph*', (route) =>
    route.fulfill({ contentType: 'application/json', body: text }),
  )
  const startMs = performance.now()
  await page.goto(`${intake.url}/explore?${range}`)
  const canvas = page.getByRole('application')
  await canvas.waitFor()
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))')
  t.diagnostic(`from navigation to picture ${Math.round(performance.now() - startMs)} ms`)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const box = await canvas.boundingBox()
  assert.ok(box)
  await page.mouse.move(box.x + 400, box.y + 100)
  const hover = await cpuPerFrame(page, session, (n) =>
    page.mouse.move(box.x + 20 + n * 18, box.y + 60 + n * 5),
  )
  await page.keyboard.down('Control')
  const zoom = await cpuPerFrame(page, session, (n) => page.mouse.wheel(0, n < 40 ? -60 : 40))
  await page.keyboard.up('Control')
  await page.mouse.move(box.x + 600, box.y + 200)
  await page.mouse.down()
  const pan = await cpuPerFrame(page, session, (n) =>
    page.mouse.move(box.x + 600 - n * 8, box.y + 200 - n * 2),
  )
  await page.mouse.up()
  await session.send('HeapProfiler.collectGarbage')
  const get = await numbers(session)
  const elements = (await page.evaluate('document.querySelectorAll("*").length')) as number
  const heap = get('JSHeapUsedSize') / 2 ** 20
  t.diagnostic(
    `CPU per frame: hover ${hover.toFixed(1)} ms, zoom ${zoom.toFixed(1)} ms, pan ${pan.toFixed(1)} ms`,
  )
  t.diagnostic(`${elements} elements, heap ${heap.toFixed(1)} MiB`)
  assert.ok(elements < 2_000, `${elements} elements`)
  assert.ok(heap <= 60, `heap ${heap} MiB`)
  for (const [what, ms] of Object.entries({ hover, zoom, pan }))
    assert.ok(ms <= 8, `${what}: ${ms} ms per frame`)
})

test('no view has more than 2,000 elements', async (t) => {
  const { intake, range } = await explored(t, async (store, startMs) => {
    await fillShop(store, startMs)
    await store.profiles(makeUpload({ startMs, wall: bigProfile(500) }))
  })
  for (const view of [
    '/?',
    '/explore?tab=table&',
    '/explore?tab=sandwich&',
    '/explore?tab=timeline&q=runtime-id:r1&',
    '/explore?tab=graph&',
    '/explore?tab=source&split=function&',
    '/compare?tab=sides&',
    '/compare?tab=table&',
    '/functions?',
    '/profiles?',
  ]) {
    const { page } = await openPage(t, `${intake.url}${view}${range}`, noSource)
    await settled(page)
    const elements = (await page.evaluate('document.querySelectorAll("*").length')) as number
    assert.ok(elements < 2_000, `${view}: ${elements} elements`)
  }
})
