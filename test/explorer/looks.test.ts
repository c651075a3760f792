import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noSource, openPage, settled, useBrowser } from './browser'
import { fillShop, traceId, useExplored } from './shop'

useBrowser()
const shop = useExplored(fillShop)

const views = (range: string) => [
  `/?${range}`,
  ...['', '&tab=table', '&tab=sandwich', '&tab=timeline', '&tab=graph', '&tab=source', '&split=endpoint'].map(
    (more) => `/explore?${range}${more}`,
  ),
  ...['', '&tab=sides', '&tab=table'].map((more) => `/compare?${range}&a.q=version:1&b.q=version:2${more}`),
  `/endpoints?${range}`,
  `/traces?${range}`,
  `/trace/${traceId}`,
  `/functions?${range}`,
  `/functions?${range}&fn=parse`,
  `/profiles?${range}`,
  '/open',
]

for (const colorScheme of ['light', 'dark'] as const) {
  test(`${colorScheme}: every view fits 1,280 and 2,560 pixels, and its words can be read`, async (t) => {
    const { intake, range } = shop()
    for (const view of views(range)) {
      const { page } = await openPage(t, intake.url + view, {
        ...noSource,
        colorScheme,
        viewport: { width: 2_560, height: 900 },
        reducedMotion: 'reduce',
      })
      await settled(page)
      assert.deepEqual(await page.evaluate(unreadable), [], view)
      await page.setViewportSize({ width: 1_280, height: 900 })
      await settled(page)
      assert.deepEqual(await page.evaluate(unreadable), [], view)
      await page.close()
    }
  })
}

/** What stands beyond the page's width, and texts whose colour is too near to what is behind them (WCAG, 3 to 1). */
const unreadable = `(() => {
  const wrong = []
  if (document.documentElement.scrollWidth > innerWidth) wrong.push('the page is wider than the window')
  const main = document.querySelector('main')
  if (main.scrollWidth > main.clientWidth) wrong.push('main is wider than the window')
  const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number)
  const light = ([r, g, b]) => [r, g, b]
    .map((part) => part / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0)
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor)
      if (colour.length === 3 || colour[3] === 1) return colour
    }
    return rgb(getComputedStyle(document.documentElement).backgroundColor)
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement
    const text = texts.currentNode.data.trim()
    if (text === '' || element.closest('.unseen, svg, option, noscript, :disabled, .uplot')) continue
    if (element.getClientRects().length === 0) continue
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))]
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (contrast < 3) wrong.push(text.slice(0, 40) + ' ' + contrast.toFixed(2))
  }
  return wrong
})()`
