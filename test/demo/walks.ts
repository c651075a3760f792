import type { Locator, Page } from 'playwright-core'

/** A way from the explorer's address to one of the three planted problems, as README.md tells it. */
export interface Walk {
  problem: string
  /** What is clicked, one after the other. */
  clicks: readonly ((page: Page) => Locator)[]
  /** What is on the page at the end, and names the problem. */
  proof: (page: Page) => Locator
  /** Clicks after which README.md has a picture, and its name. */
  pictures: Readonly<Record<number, string>>
}

const rowOf = (page: Page, table: string, text: RegExp) =>
  page.getByRole('table', { name: table, exact: true }).getByRole('row', { name: text }).first()

export const walks: readonly Walk[] = [
  {
    problem: 'the regression between 1.0 and 1.1',
    clicks: [
      (page) => page.getByRole('link', { name: /^A request of POST \/checkout\/:user costs/ }),
      (page) => rowOf(page, 'Functions that changed', /formatPrice/).getByRole('link'),
    ],
    proof: (page) => rowOf(page, 'Lines', /^17/),
    pictures: { 0: 'overview', 1: 'regression', 2: 'function' },
  },
  {
    problem: 'the slow line in some spans',
    clicks: [
      (page) => page.getByRole('link', { name: 'Endpoints', exact: true }),
      (page) =>
        rowOf(page, 'Endpoints', /GET \/recommendations\/:user/).getByRole('link', { name: 'Slow traces' }),
      (page) => page.getByRole('table', { name: 'Requests' }).getByRole('link').first(),
      (page) => page.getByRole('radio', { name: 'Lines' }),
    ],
    proof: (page) => rowOf(page, 'Lines of the span', /recommendations\.js:11 .*rank/),
    pictures: { 3: 'span', 4: 'span-lines' },
  },
  {
    problem: 'the leak',
    clicks: [(page) => page.getByRole('link', { name: /^What rememberVisit allocates stays alive/ })],
    proof: (page) => page.getByRole('heading', { name: 'rememberVisit' }),
    pictures: { 1: 'leak' },
  },
]

/** Does what a walk says. `onStep` is called before the first click and after each. */
export async function take(
  walk: Walk,
  page: Page,
  url: string,
  onStep: (clicks: number) => Promise<void> = async () => {},
): Promise<void> {
  await page.goto(url)
  await walk.clicks[0]?.(page).waitFor()
  await onStep(0)
  for (const [i, click] of walk.clicks.entries()) {
    await click(page).click()
    await (walk.clicks[i + 1] ?? walk.proof)(page).waitFor()
    await onStep(i + 1)
  }
}
