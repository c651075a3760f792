import assert from 'node:assert/strict'
import { test } from 'node:test'
import { views } from '../../src/intake/page'
import { intakeFor, rawExchange, statusOf } from '../intake/helpers'

test('every view is the page, under a policy that lets nothing of a stranger run', async (t) => {
  const { url } = await intakeFor(t)
  for (const view of views) {
    const response = await fetch(url + view.replace('*', 'abc'))
    assert.equal(response.status, 200, view)
    assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8')
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    const policy = response.headers.get('content-security-policy') ?? ''
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      'trusted-types explorer-workers',
    ])
      assert.ok(policy.includes(rule), rule)
    assert.ok(!/unsafe|https?:|\*/.test(policy), policy)
    assert.ok(
      !/<script(?![^>]*\bsrc=)|<style|\son\w+=/.test(await response.text()),
      'script or style within the page',
    )
  }
})

test('what the page loads: by type, compressed, and not again where it is known', async (t) => {
  const { url } = await intakeFor(t)
  const page = await (await fetch(`${url}/`)).text()
  const paths = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path as string)
  assert.equal(paths.length, 2)
  for (const path of paths) {
    const response = await fetch(url + path)
    assert.match(
      response.headers.get('content-type') ?? '',
      path.endsWith('.js') ? /^text\/javascript/ : /^text\/css/,
    )
    assert.equal(response.headers.get('content-encoding'), 'gzip')
    assert.match(response.headers.get('cache-control') ?? '', /immutable/)
    const etag = response.headers.get('etag') as string
    const again = await fetch(url + path, { headers: { 'If-None-Match': etag } })
    assert.deepEqual([again.status, await again.text()], [304, ''])
    const plain = await fetch(url + path, { headers: { 'Accept-Encoding': 'identity' } })
    assert.equal(plain.headers.get('content-encoding'), null)
    assert.equal(await plain.text(), await response.text())
  }
})

test('where no page is, a browser gets one that says so, and a program its JSON', async (t) => {
  const { url } = await intakeFor(t, { keys: new Map([['a', 'k'.repeat(20)]]) })
  const get = async (path: string, accept: string) => {
    const { status, headers } = await fetch(url + path, { headers: { Accept: accept } })
    return [status, headers.get('content-type')]
  }
  const browser = 'text/html,application/xhtml+xml,*/*;q=0.8'
  for (const path of ['/explroe', '/explore/', '/trace'])
    assert.deepEqual(await get(path, browser), [404, 'text/html; charset=utf-8'], path)
  assert.deepEqual(await get('/explroe', '*/*'), [401, 'application/json'])
  assert.deepEqual(await get('/api/v1/flame-grph', browser), [401, 'application/json'])
})

test('no path leads out of what was built', async (t) => {
  const { url } = await intakeFor(t)
  const ways = [
    '..',
    '%2e%2e',
    '..%2f..',
    '..\\..',
    '%2e%2e%5c',
    '....//',
    '%00',
    '%c0%ae%c0%ae',
    './..',
    '//..',
  ]
  const targets = ['index.html', 'package.json', 'etc/passwd', 'intake/main.js', 'C:/boot.ini']
  for (const path of ways.flatMap((way) => targets.map((target) => `/assets/${way}/${target}`))) {
    const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`
    assert.equal(statusOf(await rawExchange(url, [head])), 404, path)
  }
})

test('with keys the page itself is open, and its queries are not', async (t) => {
  const { url } = await intakeFor(t, { keys: new Map([['a', 'k'.repeat(20)]]) })
  assert.equal((await fetch(`${url}/explore`)).status, 200)
  assert.equal((await fetch(`${url}/api/v1/services`)).status, 401)
})
