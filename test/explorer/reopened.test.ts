import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { openPage, settled, useBrowser } from './browser'
import { fillShop, useExplored } from './shop'

useBrowser()
const shop = useExplored(fillShop)

/** What the page says and draws, once two frames after it that is still the same: the last answer may have made room for itself. */
async function atRest(page: Page): Promise<unknown> {
  const look = async () => {
    const drawn = '[...document.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL()).join()'
    const picture = createHash('sha256').update((await page.evaluate(drawn)) as string)
    return [await page.locator('main').textContent(), picture.digest('hex')]
  }
  for (let before = await look(); ; ) {
    await settled(page)
    const now = await look()
    if (now.join() === before.join()) return now
    before = now
  }
}

test('every view opened again from its address is the same picture', async (t) => {
  const { intake, range, fromMs } = shop()
  const views = [
    `/?${range}`,
    `/explore?${range}&shape=flame&by=package&find=render`,
    `/explore?${range}&shape=inverted&flat=1&kind=heap&value=inuse_space`,
    `/explore?${range}&tab=sandwich&fn=handle`,
    `/explore?${range}&tab=timeline&q=runtime-id:r1&x=0.1_0.5`,
    `/explore?${range}&tab=graph&fn=handle`,
    `/explore?${range}&merge=package&hide=emit&drop=parse&split=package`,
    `/explore?${range}&by=thread`,
    `/compare?${range}&a.q=version:1&b.q=version:2`,
    `/compare?${range}&a.q=version:1&b.q=version:2&tab=sides`,
    `/endpoints?${range}`,
    `/functions?${range}&fn=parse`,
  ]
  for (const view of views) {
    const pictures: unknown[] = []
    for (let n = 0; n < 2; n++) {
      const options = { reducedMotion: 'reduce', nowMs: fromMs + 3_600_000 } as const
      const { page } = await openPage(t, intake.url + view, options)
      await settled(page)
      await page.waitForLoadState('networkidle')
      pictures.push(await atRest(page))
    }
    assert.deepEqual(pictures[0], pictures[1], view)
  }
})
