import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openPage, useBrowser } from './browser'
import { fillHostile, markup, visit } from './hostile'
import { explored, traceId, useExplored } from './shop'

useBrowser()
const hostile = useExplored(fillHostile)

test('names of strangers do nothing on any view but be read', async (t) => {
  const name = encodeURIComponent(markup)
  const views = [
    '/?',
    '/?insights=all&',
    ...[
      '',
      '&tab=table',
      '&tab=sandwich',
      '&shape=inverted&by=package',
      `&find=${name}`,
      `&tab=sandwich&fn=${name}`,
    ].map((more) => `/explore?${more}&`),
    `/explore?endpoint=${name}&thread=${name}&`,
    ...['', '&tab=table'].map((more) => `/compare?${more}&`),
    '/endpoints?',
    `/traces?endpoint=${name}&`,
    `/trace/${traceId}?`,
    ...['view=table', 'view=lines', `scope=whole&find=${name}`].map((more) => `/trace/${traceId}?${more}&`),
    `/traces?function=${name}&`,
    '/traces?spans=internal&',
    `/endpoints?function=${name}&`,
    '/functions?',
    `/functions?fn=${name}&`,
    '/profiles?',
  ]
  await visit(t, hostile(), views)
})

test('this would be seen: an element, a script, a picture from elsewhere; and markup is refused by the policy', async (t) => {
  const { intake } = await explored(t, async () => {})
  const { page, faults } = await openPage(t, `${intake.url}/`)
  const reported = page.waitForEvent('console', (message) => message.text().startsWith('policy: '))
  await page.evaluate(`(() => {
    const image = document.createElement('img')
    image.id = 'injected'
    image.src = 'https://example.invalid/x.png'
    document.body.append(image)
  })()`)
  await assert.rejects(page.evaluate(`document.body.innerHTML = '<b>x</b>'`), /TrustedHTML/)
  await assert.rejects(page.evaluate(`document.createElement('script').src = 'data:,1'`), /TrustedScriptURL/)
  assert.equal(await page.locator('#injected').count(), 1)
  await reported
  // What Chromium itself says of it comes when it comes: not to a page that is closed.
  await page.close()
  assert.ok(
    faults.some((fault) => fault.includes('policy: https://example.invalid')),
    faults.join('\n'),
  )
  faults.length = 0
})

test('nothing of the page makes markup of a text', () => {
  const folder = join(__dirname, '../../src/explorer')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.tsx?$/.test(file),
  )
  assert.ok(files.length > 40)
  const wrong =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|dangerouslySet|srcdoc/
  assert.deepEqual(
    files.filter((file) => wrong.test(readFileSync(join(folder, file), 'utf8'))),
    [],
  )
})
