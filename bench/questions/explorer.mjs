// How long does a person wait for a picture? Real Chromium, real intake. `big`: one profile of 60,000 samples and 7,003 stacks, 60 deep.
// Median of five, each in a page that has cached nothing but the page's own files; times are the page's own: from the start of the
// navigation, or from the click, to the frame that shows the picture. The parts are in the note.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { startIntake } from '../../src/intake/server.ts'
import { IntakeStore } from '../../src/intake/store/intake-store.ts'
import { limitValues } from '../../src/pprof/limits.ts'
import { makeUpload } from '../../test/intake/profiles.ts'
import { bigProfile } from '../lib/big-profile.ts'
import { MadeUploads } from '../lib/made-uploads.ts'
import { median } from '../lib/stats.ts'

const times = 5
const newTabMs = 1_500
const hourMs = 3_600_000
const uploads = 600

export async function ask() {
  const dir = mkdtempSync(join(tmpdir(), 'acme-explorer-bench-'))
  const store = await IntakeStore.open({ dir, limits: limitValues({ diskFreeBytes: 0 }), log: console.error })
  const intake = await startIntake({ port: 0, sink: store, queries: store })
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] })
  try {
    const baseMs = Math.floor(Date.now() / hourMs) * hourMs - 3 * hourMs
    await fill(store, baseMs)
    const context = await browser.newContext({ viewport: { width: 1_280, height: 800 } })
    const range = (fromMs) => `from=${fromMs}&to=${fromMs + hourMs}`
    const big = `${range(baseMs + hourMs)}&q=service:big`
    const hour = `${range(baseMs)}&q=service:shop`
    const address = (path, query) => `${intake.url}${path}?${query}`
    return [
      await row('big profile: from navigation to picture', '<= 600 ms', () =>
        waited(context, address('/explore', `${big}%20version:1`)),
      ),
      await row('diff of two big profiles: from click to picture', '<= 500 ms', () =>
        waited(context, address('/profiles', big), 'Compare'),
      ),
      await row('one hour of one service, 10 processes: query and paint', '<= 300 ms', () =>
        waited(context, address('/profiles', hour), 'Explore'),
      ),
    ]
  } finally {
    await browser.close()
    await intake.close()
    await store.close()
    rmSync(dir, { recursive: true })
  }
}

async function fill(store, baseMs) {
  await new MadeUploads(baseMs).fill(store, uploads)
  for (const version of ['1', '2']) {
    const tags = { service: 'big', version, 'runtime-id': `big${version}` }
    const startMs = baseMs + hourMs + Number(version) * 60_000
    await store.profiles(makeUpload({ tags, startMs, wall: bigProfile(Number(version)) }))
  }
  await store.settle()
}

async function row(what, target, measure) {
  const all = []
  for (let n = 0; n < times; n++) all.push(await measure())
  const of = (field) => Math.round(median(all.map((one) => one[field])))
  const note = `asked after ${of('asked')} ms, answered after ${of('answered')}, ${of('kilobytes')} KB; first ${Math.round(all[0].shown)} ms`
  process.stderr.write(`${what}: ${all.map(({ shown }) => Math.round(shown))} ms\n`)
  return { what, target, ours: `${of('shown')} ms`, note }
}

/** Milliseconds until the picture is there, and until the last answer was. */
async function waited(context, url, link) {
  const page = await context.newPage()
  try {
    await page.addInitScript(watch)
    // With a new tab the browser loads pages of its own interface, which is not what a person waits for.
    await wait(newTabMs)
    await page.goto(url, { waitUntil: 'commit' })
    if (link) {
      await page.locator('main .table').first().waitFor()
      await page.waitForLoadState('networkidle')
      await page.evaluate('globalThis.startedMs = undefined')
      await page.getByRole('link', { name: link, exact: true }).click()
    }
    // Seldom: asking costs the page time.
    for (let n = 0; !(await page.evaluate('Number.isFinite(globalThis.shownMs)')); n++) {
      if (n > 150) throw new Error(`${url}: no picture`)
      await wait(200)
    }
    return await page.evaluate(`(() => {
      const startMs = globalThis.startedMs ?? 0
      const answers = performance.getEntriesByType('resource').filter(({ name, startTime }) =>
        /api\\/v1\\/(flame-graph|compare)/.test(name) && startTime >= startMs - 1)
      return {
        shown: globalThis.shownMs - startMs,
        asked: Math.min(...answers.map(({ requestStart }) => requestStart)) - startMs,
        answered: Math.max(...answers.map(({ responseEnd }) => responseEnd)) - startMs,
        kilobytes: Math.max(...answers.map(({ decodedBodySize }) => decodedBodySize)) / 1000,
      }
    })()`)
  } finally {
    await page.close()
  }
}

/** In the page: notes the click, and the first frame after the picture's canvas came. */
const watch = `(() => {
  addEventListener('click', (event) => { globalThis.startedMs = event.timeStamp; globalThis.shownMs = undefined }, true)
  new MutationObserver(() => {
    if (globalThis.shownMs !== undefined || !document.querySelector('canvas[role=application]')) return
    globalThis.shownMs = Number.POSITIVE_INFINITY
    requestAnimationFrame(() => setTimeout(() => { globalThis.shownMs = performance.now() }))
  }).observe(document, { childList: true, subtree: true })
})()`

function chromiumPath() {
  return process.env.CHROMIUM ?? execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim()
}
