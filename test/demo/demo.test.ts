import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import type { FunctionSpans, Hotspots } from '../../src/pprof/answers'
import { openPage, useBrowser } from '../explorer/browser'
import { atEnd } from '../helpers/at-end'
import { take, walks } from './walks'

const root = join(__dirname, '../..')

useBrowser()

test('npm run demo: its three planted problems are found by the clicks of README.md, spans of both tracers have their code, and Ctrl+C ends all of it', async (t) => {
  const demo = spawn(process.execPath, [join(root, 'examples/demo.mjs')], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(demo, 'exit')
  atEnd(t, async () => {
    demo.kill('SIGTERM')
    await ended
  })
  let output = ''
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const url = await new Promise<string>((resolve, reject) => {
    demo.stdout.on('data', () => {
      const [, address] = /^The explorer: (\S+)$/m.exec(output) ?? []
      if (address) resolve(address)
    })
    demo.on('exit', () => reject(new Error(output)))
  })
  assert.match(
    output,
    /== Top functions by CPU[\s\S]*examples\/shop[\s\S]*== CPU by endpoint[\s\S]*\/orders\/:status/,
  )

  await t.test('each problem in at most five clicks', async (t) => {
    for (const walk of walks) {
      assert.ok(walk.clicks.length <= 5)
      const { page } = await openPage(t, url)
      await take(walk, page, url)
      t.diagnostic(`${walk.problem}: ${walk.clicks.length} clicks`)
    }
  })

  await t.test('a span of dd-trace and one of OpenTelemetry open on their code', async () => {
    const ask = async <T>(path: string) => (await (await fetch(`${url}/api/v1/${path}`)).json()) as T
    for (const [service, name] of [
      ['shop', 'rank'],
      ['shop-jobs', 'totals'],
    ]) {
      const { spans } = await ask<FunctionSpans>(`function-spans?q=service:${service}&name=${name}`)
      const [longest] = spans
      assert.ok(longest, `${service}: a span that ran ${name}`)
      const { spanId, traceId, service: of } = longest.span
      assert.equal(of, service)
      for (const scope of ['subtree', 'time', 'whole']) {
        const { functions, lines } = await ask<Hotspots>(`hotspots?spanId=${spanId}&scope=${scope}`)
        assert.ok(
          functions.some(({ frame }) => frame.name === name),
          `${service}, ${scope}, trace ${traceId}`,
        )
        assert.ok(lines.length > 0)
      }
    }
  })

  const web = /^The shop's web page: (\S+)$/m.exec(output)?.[1] as string
  assert.match(await (await fetch(web)).text(), /<h1>Shop<\/h1>/)
  // A terminal sends the signal to all, and npm passes it on.
  demo.kill('SIGINT')
  demo.kill('SIGINT')
  assert.deepEqual(await ended, [130, null], output.slice(-2_000))
  for (const address of [url, web]) await assert.rejects(fetch(address))
})
