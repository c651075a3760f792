import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timeRows } from '../../src/explorer/flame/time-rows'
import { frameOf, markOf } from '../../src/explorer/flame/tree'
import type { Timeline } from '../../src/pprof/answers'
import { makeUpload, ticks } from '../intake/profiles'
import { openPage, says, settled, useBrowser } from './browser'
import { explored, fillTimes, spanAt, traceId, useExplored } from './shop'

useBrowser()
const times = useExplored(fillTimes)

const timelineOf = async ({ intake, startMs }: ReturnType<typeof times>) => {
  const query = `runtimeId=r1&fromMs=${startMs}&toMs=${startMs + 60_000}`
  const answer = await fetch(`${intake.url}/api/v1/timeline?${query}`)
  return { timeline: (await answer.json()) as Timeline, startMs }
}

test('samples that follow each other are one box, what waits is none, and a thread that does not wait is told', async () => {
  const { timeline, startMs } = await timelineOf(times())
  const { tree, samples } = timeRows(timeline, startMs, startMs + 60_000)
  const boxes = Array.from(tree.frame.keys(), (node) => ({
    name: frameOf(tree, node).name,
    mark: markOf(tree, node),
    row: tree.rows?.level[node],
    leftMs: Math.round((tree.rows?.left[node] as number) / 1e6),
    ms: Math.round((tree.total[node] as number) / 1e6),
  }))
  const named = (name: string) => boxes.filter((box) => box.name === name)
  assert.equal(
    samples,
    timeline.threads.reduce((sum, { stack }) => sum + stack.length, 0),
  )
  assert.deepEqual(named('parse'), [{ name: 'parse', mark: 'function', row: 6, leftMs: 10_000, ms: 400 }])
  assert.deepEqual(named('handle'), [{ name: 'handle', mark: 'function', row: 5, leftMs: 10_000, ms: 400 }])
  assert.deepEqual(named('GET /cart'), [{ name: 'GET /cart', mark: 'span', row: 4, leftMs: 10_000, ms: 500 }])
  assert.deepEqual(named('busy for 400 ms'), [
    { name: 'busy for 400 ms', mark: 'busy', row: 3, leftMs: 10_000, ms: 400 },
  ])
  assert.deepEqual(named('GC 50 ms'), [{ name: 'GC 50 ms', mark: 'gc', row: 2, leftMs: 10_500, ms: 50 }])
  assert.equal(named('tick').length, 99 + 1 + 390)
  assert.equal(named('tick').filter(({ ms }) => ms === 10).length, 99 + 390)
  assert.deepEqual(
    named('crunch').map(({ ms }) => ms),
    [1_000],
  )
})

test('spans of a tracer that does not say its process are those whose trace has samples in it', async (t) => {
  const { intake, range, startMs } = await explored(t, async (store, startMs) => {
    const label = (ms: number) => ({
      ...{ 'thread name': 'Main', 'span id': 0x2001n },
      end_timestamp_ns: BigInt(startMs + ms) * 1_000_000n,
    })
    const wall = Array.from({ length: 20 }, (_, i) => ({
      stack: ['work@/app/job.js'],
      values: [1, 10_000_000, 10_000_000],
      labels: label(20_000 + i * 10),
    }))
    await store.profiles(makeUpload({ startMs, wall }))
    const at = (ms: number, spanId: bigint, traceIdLow: bigint, resource: string) =>
      spanAt(startMs + ms, 200, { spanId, traceIdLow, resource })
    const spans = [
      at(20_000, 0x2000n, 0x77n, 'job'),
      at(20_000, 0x2001n, 0x77n, 'step'),
      at(20_000, 0x3000n, 0x88n, 'elsewhere'),
    ]
    await store.spans([{ tags: new Map([['service', 'shop']]), spans }])
  })
  const { timeline } = await timelineOf({ intake, startMs } as ReturnType<typeof times>)
  assert.deepEqual(timeline.spans.map(({ resource }) => resource).sort(), ['job', 'step'])
  const { page } = await openPage(t, `${intake.url}/explore?${range}&tab=timeline`)
  await page.getByText('20 samples, 2 spans').waitFor()
  const colours = page.getByRole('list', { name: 'Colours' })
  await colours.getByText('Span', { exact: true }).waitFor()
  assert.equal(await colours.getByText('Failed span').count(), 0, 'only what is drawn')
})

test('dragging over a part chooses that time, and it holds in every other view', async (t) => {
  const { intake, range } = times()
  const { page } = await openPage(t, `${intake.url}/explore?${range}&tab=timeline`, {
    reducedMotion: 'reduce',
  })
  const canvas = page.getByRole('application', { name: /Timeline/ })
  await canvas.waitFor()
  await settled(page)
  const box = await canvas.boundingBox()
  assert.ok(box)
  // The worker computes from the 20th to the 21st second of a minute.
  await page.mouse.move(box.x + (box.width * 19.5) / 60, box.y + 100)
  await page.mouse.down()
  await page.mouse.move(box.x + (box.width * 21.5) / 60, box.y + 100, { steps: 4 })
  await page.mouse.up()
  await page.waitForURL(/sel=\d+\.\d_\d+\.\d/)
  await page.getByRole('tab', { name: 'Table' }).click()
  const rows = page.getByRole('table', { name: 'Functions' }).getByRole('row')
  await page.getByText('2 functions').waitFor()
  await says(rows.nth(1), /crunch[\s\S]*1\.00 s/)
  await says(rows.nth(2), /tick[\s\S]*2\d0 ms/)
  await page.getByRole('button', { name: /\+ 2\.0\d s/ }).click()
  await page.getByText('5 functions').waitFor()
})

test('filters hold in the timeline: what they leave out is not drawn, and its time is not filled by others', async (t) => {
  const { intake, range } = times()
  const { page } = await openPage(t, `${intake.url}/explore?${range}&tab=timeline&function=parse`)
  const canvas = page.getByRole('application', { name: /Timeline/ })
  await canvas.waitFor()
  await page.getByText('40 samples, 1 span').waitFor()
  await page.getByText('or ran what the filters leave out').waitFor()
  await page.getByRole('button', { name: 'with function: parse' }).click()
  await page.getByText('634 samples, 1 span').waitFor()
  await page.goto(`${intake.url}/explore?${range}&tab=timeline&thread=Worker`)
  await page.getByText('100 samples, 0 spans').waitFor()
  await page.goto(`${intake.url}/explore?${range}&tab=timeline&endpoint=GET+%2Felsewhere`)
  await page.getByRole('heading', { name: /Nothing of this process passes the filters/ }).waitFor()
})

test('the timeline with the keyboard: a span, its time for all views, its trace', async (t) => {
  const { intake, range } = times()
  const { page } = await openPage(t, `${intake.url}/explore?${range}&tab=timeline`, {
    reducedMotion: 'reduce',
  })
  const canvas = page.getByRole('application', { name: /Timeline/ })
  await canvas.waitFor()
  await settled(page)
  await canvas.focus()
  for (let n = 0; n < 4; n++) await page.keyboard.press('ArrowDown')
  await says(page.locator('.flame-details'), /GET \/cart[\s\S]*500 ms/)
  await page.keyboard.press('s')
  await page.waitForURL(/sel=/)
  await page.getByRole('button', { name: /\+ 500 ms/ }).waitFor()
  await canvas.focus()
  await page.keyboard.press('m')
  await page.getByRole('menuitem', { name: 'Open its trace' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(new RegExp(`/trace/${traceId}\\?span=0000000000001000`))
})

test('of several processes one is chosen from a list, and is then the one of all views', async (t) => {
  const { intake, range } = await explored(t, async (store, startMs) => {
    await fillTimes(store, startMs)
    await store.profiles(
      makeUpload({ startMs, tags: { 'runtime-id': 'r2', host: 'other' }, wall: [ticks(['x@/app/x.js'], 5)] }),
    )
  })
  const { page } = await openPage(t, `${intake.url}/explore?${range}&tab=timeline`)
  const row = page.getByRole('table', { name: 'Processes' }).getByRole('row', { name: /prod · 1 · a/ })
  await row.getByRole('link').click()
  await page.waitForURL(/q=runtime-id%3Ar1/)
  await page.getByRole('application', { name: /Timeline/ }).waitFor()
  await page.getByRole('button', { name: 'Another process' }).click()
  await page.getByRole('row', { name: /other/ }).getByRole('link').click()
  await page.getByRole('heading', { name: 'The samples of this process have no times' }).waitFor()
})
