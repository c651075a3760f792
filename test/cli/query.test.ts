import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { decodeProfile } from '../../src/pprof/decode'
import { explored, fillShop, traceId } from '../explorer/shop'
import { intakeFor, tempDir } from '../intake/helpers'
import { makeUpload, ticks } from '../intake/profiles'
import { storeFor } from '../intake/store/stores'
import { command, directory } from './command'

const hostile = '</script><img src=x onerror=alert(1)>|`\u001b[2J'

/** An intake with two versions of a shop: the second spends twice as long in `price`. */
async function shop(t: TestContext) {
  const { store } = await storeFor(t)
  const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 600_000
  const versions = { '1.0': 100, '2.0': 200 }
  for (const [version, count] of Object.entries(versions)) {
    const wall = [
      ticks(['price@/app/cart.js', 'main@/app/x.js'], count),
      ticks([hostile, 'main@/app/x.js'], 50),
    ]
    await store.profiles(makeUpload({ startMs, wall, tags: { version, 'runtime-id': version } }))
  }
  await store.settle()
  const { url } = await intakeFor(t, { sink: store, queries: store, dir: tempDir(t) })
  return { url, run: (...args: string[]) => command([...args, '--url', url]) }
}

test('ls, top, flame, export and diff of an intake', async (t) => {
  const { url, run } = await shop(t)
  const out = directory(t)

  const services = await run('ls')
  assert.match(
    services.stdout,
    /^profiles +processes +last +service +env +version +kinds\n +2 +2 +\S+Z +shop /,
  )
  const listed = JSON.parse((await run('ls', 'service:shop', '--json')).stdout) as { id: string }[]
  assert.equal(listed.length, 2)

  const top = await run('top', 'service:shop version:2.0', '--value', 'wall')
  assert.equal(top.code, 0)
  assert.match(top.stdout, /wall wall: 2\.500 s in 1 profile$/m)
  assert.match(top.stdout, /^2\.000 s +80\.0% +2\.000 s +80\.0% +price +\/app\/cart\.js/m)
  assert.ok(!top.stdout.includes('\u001b'))

  const html = join(out, 'flame.html')
  assert.equal((await run('flame', 'service:shop', '--out', html)).code, 0)
  const page = readFileSync(html, 'utf8')
  assert.equal(page.match(/<script/g)?.length, 2)
  assert.equal(page.match(/<\/script>/g)?.length, 2)
  assert.ok(!page.includes('<img'))
  const [, data = ''] = /id="data">(.*?)<\/script>/s.exec(page) ?? []
  const { names, origins, total } = JSON.parse(data) as { names: string[]; origins: string[]; total: number }
  assert.equal(origins[names.indexOf('price')], 'own')
  assert.match(page, /<li class="own">Your code<\/li>/)
  assert.ok(names.includes(hostile))
  assert.equal(total, 3_200_000_000)

  const pprof = join(out, 'shop.pprof')
  assert.equal((await run('export', 'service:shop', '--out', pprof)).code, 0)
  assert.ok(decodeProfile(gunzipSync(readFileSync(pprof))).samples.count >= 2)
  assert.equal((await run('export', '--id', listed[0]?.id ?? '', '--out', pprof)).code, 0)
  assert.match((await command(['top', pprof])).stdout, /price/)

  for (const [format, contents] of Object.entries({
    collapsed: /^main;price 3000000000$/m,
    speedscope: /"\$schema":"https:\/\/www\.speedscope\.app/,
    dot: /^digraph profile \{/,
    markdown: /\| `price` \| `\/app\/cart\.js:10` \|/,
  })) {
    const file = join(out, format)
    const of = ['export', 'service:shop', '--value', 'wall', '--format', format]
    assert.equal((await run(...of, '--out', file)).code, 0, format)
    assert.match(readFileSync(file, 'utf8'), contents)
  }
  assert.match((await run('export', 'service:shop', '--format', 'svg')).stderr, /--format is svg/)

  const sides = ['service:shop version:1.0', 'service:shop version:2.0'] as const
  const diff = await run('diff', ...sides, '--value', 'wall', '--fail-on', 'wall +50%')
  assert.equal(diff.code, 1)
  assert.match(diff.stdout, /^\| \*\*all\*\* \| .* \| \+66\.7% \| {2}\|$/m)
  assert.match(diff.stdout, /^\| `price` `\/app\/cart\.js.*` \| .* \| \+100\.0% \| < 0\.1% \|$/m)
  assert.match(diff.stdout, /\*\*Failed: wall \+50%\*\*/)
  assert.equal((await run('diff', ...sides, '--fail-on', 'wall +70%')).code, 0)
  assert.equal((await run('diff', ...sides, '--fail-on', 'wall')).code, 2)

  assert.match(
    (await run('top', 'service:shop x')).stderr,
    /^acme-profiler: The query is not valid: q has the term/,
  )
  const gone = await command(['ls', '--url', `${url.slice(0, -1)}x`.replace(/:\d+x$/, ':1')])
  assert.deepEqual([gone.code, gone.stdout], [2, ''])
  assert.match(gone.stderr, /does not answer/)
})

test('hotspots of a trace: where its time went, by function and by executing line', async (t) => {
  const { intake } = await explored(t, fillShop)
  const { stdout } = await command(['hotspots', traceId, '--url', intake.url])
  assert.match(stdout, /^ *6\.000 s +duration of 2 spans$/m)
  const [, lines = ''] = stdout.split('executing line')
  assert.match(lines, /^\n *1\.600 s +2\.000 s +render +\/app\/views\/cart\.js:8$/m)
})

test('an intake that asks for a key: the command says where it takes one from', async (t) => {
  const { url } = await intakeFor(t, { keys: new Map([['till', 'c0ffee00c0ffee00']]), dir: tempDir(t) })
  const { code, stdout, stderr } = await command(['ls', '--url', url])
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /^acme-profiler: This intake asks for a key: .* ACME_INTAKE_KEY\.$/m)
})

test('a selection without profiles is said, and passes no bound', async (t) => {
  const { run } = await shop(t)
  const out = join(directory(t), 'x')
  const known = 'service:shop version:1.0'
  const refused = [
    ['top', 'service:shpo'],
    ['flame', 'service:shpo', '--out', out],
    ['export', 'service:shpo', '--out', out],
    ['export', 'service:shpo', '--format', 'dot', '--out', out],
    ['diff', known, 'service:shpo', '--fail-on', 'cpu +5%'],
    ['diff', 'service:shpo', known, '--fail-on', 'cpu +5%', '--json'],
    ['top', known, '--value', 'inuse_space'],
    ['ls', 'service:shpo'],
    ['ls', known, '--kind', 'heap'],
  ]
  for (const args of refused) {
    const { code, stdout, stderr } = await run(...args)
    assert.deepEqual([code, stdout], [2, ''], args.join(' '))
    assert.match(stderr, /^acme-profiler: 'service:.*' has no (?:wall |heap )?profiles from .*Z to .*Z; /)
  }
  const misspelt = ['--value', 'wall', '--endpoint', 'GET /nope']
  for (const args of [
    ['top', known, ...misspelt],
    ['flame', known, ...misspelt, '--out', out],
    ['export', known, ...misspelt, '--out', out],
    ['export', known, ...misspelt, '--format', 'dot', '--out', out],
    ['diff', known, 'service:shop', ...misspelt, '--fail-on', 'wall +5%'],
  ]) {
    const { code, stdout, stderr } = await run(...args)
    assert.deepEqual([code, stdout], [2, ''], args.join(' '))
    assert.match(stderr, /' has 1 wall profile from .*, and no wall in them that fits what is asked for$/m)
  }
  const long = await run('ls', '--from', '2001-01-01', '--to', '2001-01-02')
  assert.deepEqual([long.code, long.stdout], [2, ''])
  assert.match(long.stderr, /^acme-profiler: no service reported from 2001-/)
  assert.equal(existsSync(out), false)
  const trace = await run('hotspots', '00112233445566778899aabbccddeeff')
  assert.deepEqual([trace.code, trace.stdout], [2, ''])
  assert.match(trace.stderr, /no spans of 00112233445566778899aabbccddeeff from /)
  assert.deepEqual(JSON.parse((await run('top', 'service:shpo', '--json')).stdout).functions, [])
})

test('what is not said is CPU, and what cannot be meant is refused in words', async (t) => {
  const { run } = await shop(t)
  for (const args of [['service:shop'], ['--value', 'cpu']])
    assert.match((await run('top', ...args)).stdout, /^wall cpu: /)
  const wrong = {
    'top service:shop --per minute': /per is none of total, second, request/,
    'ls -service:shop':
      /Unknown option '-s'; --help shows all; a selector that begins with '-' goes behind --$/m,
    'top service:shop --fram': /^acme-profiler: Unknown option '--fram'; --help shows all$/m,
  }
  for (const [args, text] of Object.entries(wrong)) {
    const { code, stderr } = await run(...args.split(' '))
    assert.equal(code, 2, args)
    assert.match(stderr, text)
  }
})
