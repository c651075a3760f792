import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Span } from '../../src/intake/model'
import type { IntakeStore } from '../../src/intake/store/intake-store'
import { makeUpload, ticks } from '../intake/profiles'
import { openPage, settled } from './browser'
import type { Explored } from './shop'

export const markup = '<img src=x onerror="alert(1)" id=injected>'
export const names = [
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

const labelsAt = (startMs: number) => ({
  end_timestamp_ns: BigInt(startMs + 5_000) * 1_000_000n,
  'trace endpoint': markup,
  'local root span id': 0x1000n,
  'span id': 0x1000n,
  'thread name': markup,
})

/** Names of strangers wherever names can be. */
export async function fillHostile(store: IntakeStore, startMs: number): Promise<void> {
  // The builder of profiles reads @ and : as its own.
  const safe = (name: string) => name.replace(/[@:]/g, '')
  const stacks = names.map((name, i) =>
    ticks(
      [`${safe(name)}@/app/${i}${safe(markup)}.js`, `${safe(name)} caller@/app/m.js`],
      40 - i,
      labelsAt(startMs),
    ),
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
}

/** Opens each view, points at its picture and opens its menu: nothing of the names may become anything but text. */
export async function visit(
  t: TestContext,
  { intake, range }: Explored,
  views: readonly string[],
): Promise<void> {
  for (const view of views) {
    // The intake says no to a file that it may not show, and to a label that is none.
    const { page, faults } = await openPage(t, `${intake.url}${view}${range}`, {
      mayFail: /status of 40[04]/,
    })
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
}
