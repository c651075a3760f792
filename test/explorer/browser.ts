import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { atEnd } from '../helpers/at-end'

/** Of anything that a page is waited for: far above what a loaded machine needs. */
const timeoutMs = 60_000

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** Debian's Chromium. Without one the tests fail: they are what says that the page works. */
export function executable(): string {
  const found = names.map((name) => spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim())
  const path = process.env.CHROMIUM ?? found.find((one) => one !== '')
  if (path === undefined) throw new Error('no Chromium: apt install chromium, or set CHROMIUM to its path')
  return path
}

let browser: Browser

/** One browser for all tests of a file. */
export function useBrowser(): void {
  before(async () => {
    // As root, which machines of tests often are, Chromium's sandbox does not start.
    browser = await chromium.launch({ executablePath: executable(), args: ['--no-sandbox'] })
  })
  after(() => browser.close())
}

export interface Seen {
  page: Page
  /** What must not happen: errors, dialogs, reports of the Content-Security-Policy, requests to anywhere else. */
  faults: string[]
}

interface Clock {
  /** Stands still there. */
  nowMs?: number
  /** Runs as any other, and `page.clock.fastForward` moves it. */
  isClockOurs?: boolean
}

interface Allowed {
  /** Errors of the console that are part of the test. To forget them at its end would be too early: some come later than what is seen. */
  mayFail?: RegExp
}

/** The intake says no to a file that it may not show. */
export const noSource = { mayFail: /status of 404/ }

/** A page that notes what goes wrong on it; after the test nothing may have. */
export async function openPage(
  t: TestContext,
  url: string,
  {
    nowMs,
    isClockOurs = false,
    mayFail,
    ...options
  }: Parameters<Browser['newPage']>[0] & Clock & Allowed = {},
): Promise<Seen> {
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 }, ...options })
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && !mayFail?.test(message.text()))
      faults.push(`console: ${message.text()}`)
  })
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    const address = request.url()
    if (!/^(data|blob):/.test(address) && new URL(address).origin !== new URL(url).origin)
      faults.push(`request: ${address}`)
  })
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.blockedURI))`,
  )
  if (nowMs !== undefined) await page.clock.setFixedTime(nowMs)
  if (isClockOurs) await page.clock.install()
  page.setDefaultTimeout(timeoutMs)
  await page.goto(url)
  atEnd(t, async () => {
    await page.close()
    assert.deepEqual(faults, [])
  })
  return { page, faults }
}

/** Resolves when the element's text is, or has, what is expected: it is drawn some time after what was clicked, or has a query of its own. */
export const says = (
  element: Locator,
  expected: RegExp | string,
  read: 'innerText' | 'textContent' = 'innerText',
): Promise<void> =>
  until(
    async () => (await element[read]()) ?? '',
    (text) => (typeof expected === 'string' ? text.includes(expected) : expected.test(text)),
    expected,
  )

/** Resolves when there are so many of them. */
export const counts = (elements: Locator, expected: number): Promise<void> =>
  until(
    () => elements.count(),
    (count) => count === expected,
    expected,
  )

async function until<T>(read: () => Promise<T>, isExpected: (value: T) => boolean, expected: unknown) {
  const giveUpAt = performance.now() + timeoutMs
  for (let value = await read(); !isExpected(value); value = await read()) {
    assert.ok(performance.now() < giveUpAt, `${JSON.stringify(value)} is not ${expected}`)
    await wait(50)
  }
}

/** Resolves when the view shows its answers, and has drawn them. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main .table, main .flame, main .notice, main .graph, main .source').first().waitFor()
  const waiting = page.locator('main .waiting, main .progress, main .chart:empty')
  while ((await waiting.count()) > 0) await page.waitForTimeout(20)
  await drawn(page)
}

/** Resolves when what the page was about to draw is drawn. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(
    'new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn))))',
  )
}
