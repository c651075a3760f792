import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Span } from '../../src/intake/model'
import { makeUpload, ticks } from '../intake/profiles'
import { openPage, settled, useBrowser } from './browser'
import { explored, traceId } from './shop'

useBrowser()

const markup = '<img src=x onerror="alert(1)" id=injected>'
const names = [
  markup,
  '</script><script id=injected>alert(2)</script>',
  '"><svg/onload=alert(3) id=injected>',
  "';alert(4);//",
  '{{constructor.constructor("alert(5)")()}}',
  '__proto__',
  'constructor',
  'toString',
  'javascript:alert(6)',
  'a"b\\c',
  'gnp.\u202egpj',
  '\u001b[31mred\u001b[0m',
  'line\r\nbreak',
  'nul\0nul',
  'x'.repeat(100_000),
  '\ud800 alone',
]

const labels = {
  'trace endpoint': markup,
  'local root span id': 0x1000n,
  'span id': 0x1000n,
  'thread name': markup,
}

test('names of strangers do nothing on any view but be read', async (t) => {
  const { intake, range } = await explored(t, async (store, startMs) => {
    // The builder of profiles reads @ and : as its own.
    const safe = (name: string) => name.replace(/[@:]/g, '')
    const stacks = names.map((name, i) =>
      ticks([`${safe(name)}@/app/${i}${safe(markup)}.js`, `${safe(name)} caller@/app/m.js`], 40 - i, labels),
    )
    for (const version of [markup, '"><svg/onload=alert(7)>']) {
      const tags = { service: markup, env: '__proto__', version, host: '</title>', 'runtime-id': version }
      await store.profiles(
        makeUpload({
          tags,
          startMs,
          wall: stacks,
          heap: [{ stack: [`${safe(markup)}@x.js`], values: [1, 2, 3, 4] }],
          endpointCounts: { [markup]: 3 },
        }),
      )
    }
    const span: Span = {
      ...{
        traceIdHigh: 0n,
        traceIdLow: 0xabcdn,
        spanId: 0x1000n,
        parentId: 0n,
        service: markup,
        name: markup,
        resource: markup,
      },
      ...{ kind: 'server', error: true, attributes: [['__proto__', markup]] },
      ...{ startNanos: BigInt(startMs) * 1_000_000n, durationNanos: 5_000_000_000n },
    }
    await store.spans([{ tags: new Map([['service', markup]]), spans: [span] }])
  })
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
  for (const view of views) {
    const { page, faults } = await openPage(t, `${intake.url}${view}${range}`)
    await settled(page)
    const canvas = page.getByRole('application').first()
    if ((await canvas.count()) > 0) {
      await canvas.hover({ position: { x: 40, y: 30 } })
      await canvas.click({ button: 'right', position: { x: 40, y: 30 } })
    }
    assert.equal(await page.locator('#injected, [onerror], [onload], main img, main script').count(), 0, view)
    assert.ok(((await page.locator('main').textContent()) ?? '').length > 20, `${view} is empty`)
    const text = (await page.locator('body').textContent()) ?? ''
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
    assert.ok(!/[\u0000-\u0008\u001b\u202e]/.test(text), `${view} shows characters that turn others`)
    assert.deepEqual(faults, [], view)
    await page.close()
  }
})

test('this would be seen: an element, a script, a picture from elsewhere; and markup is refused by the policy', async (t) => {
  const { intake } = await explored(t, async () => {})
  const { page, faults } = await openPage(t, `${intake.url}/`)
  await page.evaluate(`(() => {
    const image = document.createElement('img')
    image.id = 'injected'
    image.src = 'https://example.invalid/x.png'
    document.body.append(image)
  })()`)
  await assert.rejects(page.evaluate(`document.body.innerHTML = '<b>x</b>'`), /TrustedHTML/)
  await assert.rejects(page.evaluate(`document.createElement('script').src = 'data:,1'`), /TrustedScriptURL/)
  assert.equal(await page.locator('#injected').count(), 1)
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
