import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeProfile, ticks, wallTypes } from '../intake/profiles'
import { openPage, settled, useBrowser } from './browser'
import { fillHostile, markup, names, visit } from './hostile'
import { useExplored } from './shop'

useBrowser()
const hostile = useExplored(fillHostile)
const name = encodeURIComponent(markup)

test('names of strangers in the timeline, the call graph, sources, breakdowns and what is hidden', async (t) => {
  const views = [
    '&tab=timeline',
    `&tab=timeline&q=${encodeURIComponent('runtime-id:*svg*')}&profile=`,
    '&tab=graph',
    `&tab=graph&fn=${name}`,
    '&tab=source',
    `&tab=source&file=${name}`,
    '&by=thread',
    '&by=package&merge=package',
    '&merge=file',
    `&hide=${name}&drop=${name}`,
    '&split=endpoint',
    '&split=version',
    '&split=function',
    `&split=${name}`,
    `&labels.${name}=${name}`,
    `&sel=${name}`,
  ].map((more) => `/explore?${more}&`)
  await visit(t, hostile(), [...views, '/compare?tab=sides&'])
})

test('names in a file that a person opens do nothing either', async (t) => {
  const { intake } = hostile()
  const { page } = await openPage(t, `${intake.url}/open`)
  const wall = names.map((name, i) => ticks([`${name.replace(/[@:]/g, '')}@/app/${i}.js`], 40 - i))
  const frame = (functionName: string) => ({ callFrame: { functionName, url: functionName, lineNumber: 1 } })
  const nodes = names.map((name, i) => ({ id: i + 1, hitCount: 1, ...frame(name) }))
  const files: [string, Buffer][] = [
    [`${markup}.pprof`, makeProfile(wallTypes, wall)],
    ['"><svg onload=alert(9)>.cpuprofile', Buffer.from(JSON.stringify({ nodes }))],
  ]
  for (const [name, buffer] of files) {
    await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/html', buffer })
    await page.getByRole('heading', { name, exact: true }).waitFor()
    for (const tab of ['Table', 'Sandwich', 'Flame graph']) {
      await page.getByRole('tab', { name: tab }).click()
      await settled(page)
      assert.equal(
        await page.locator('#injected, [onerror], [onload], main img, main script').count(),
        0,
        tab,
      )
    }
  }
})
