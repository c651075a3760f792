import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { SourceFiles } from '../../../src/intake/query/source-files'
import { limitValues } from '../../../src/pprof/limits'
import { tempDir } from '../helpers'

/** An application with its neighbours, which nobody allowed. */
function application(t: Parameters<typeof tempDir>[0]) {
  const dir = tempDir(t)
  const app = join(dir, 'app')
  for (const folder of ['app/src', 'app/dist', 'app-private', 'app/node_modules/x'])
    mkdirSync(join(dir, folder), { recursive: true })
  const put = (path: string, text: string | Uint8Array) => writeFileSync(join(dir, path), text)
  put('app/src/cart.js', 'const a = 1\nparse(a)\n')
  put('app-private/secret.js', 'secret')
  put('secret.js', 'secret')
  put('app/.env', 'KEY=secret')
  put('app/key.pem', 'secret')
  put('app/binary.js', new Uint8Array([1, 0, 2]))
  put('app/latin.js', new Uint8Array([0xe9, 0x20, 0x61]))
  put('app/large.js', 'x'.repeat(2_000))
  symlinkSync(join(dir, 'secret.js'), join(app, 'link.js'))
  symlinkSync(dir, join(app, 'up'))
  symlinkSync(join(app, 'src'), join(app, 'inside'))
  symlinkSync(app, join(dir, 'elsewhere'))
  execFileSync('mkfifo', [join(app, 'pipe.js')])
  const map = {
    version: 3,
    sources: ['../lib/page.ts', '../../../../../etc/passwd.js'],
    sourcesContent: ['let page = 1', 'x'],
  }
  put('app/dist/page.js.map', JSON.stringify(map))
  put('app/dist/broken.js.map', '{"sources":[1,null],"sourcesContent":')
  const limits = limitValues({ sourceBytes: 1_000 })
  return { dir, app, files: new SourceFiles([app], limits), limits }
}

test('a file below a root, by its path, its URL, a relative name and through a link that stays inside', async (t) => {
  const { app, files } = application(t)
  const path = join(app, 'src/cart.js')
  const names = [
    path,
    pathToFileURL(path).href,
    'src/cart.js',
    './src/../src/cart.js',
    join(app, 'inside/cart.js'),
  ]
  for (const name of names) {
    const { text, from } = await files.read(name)
    assert.deepEqual([text, from], ['const a = 1\nparse(a)\n', 'file'], name)
  }
})

test('a source that lies in a source map alone, and none that a map places outside', async (t) => {
  const { app, files } = application(t)
  const { text, from } = await files.read(join(app, 'lib/page.ts'))
  assert.deepEqual([text, from], ['let page = 1', 'source map'])
  await assert.rejects(files.read('/etc/passwd.js'), { code: 'source_unavailable' })
})

test('nothing outside the roots, whatever the path says, and nothing that is no source file', async (t) => {
  const { dir, app, files } = application(t)
  const outside = [
    ...['/etc/passwd', '../secret.js', '../../../../../../etc/hosts', 'src/../../secret.js'],
    ...[
      join(dir, 'secret.js'),
      join(dir, 'app-private/secret.js'),
      `${app}/../secret.js`,
      `${app}-private/secret.js`,
    ],
    ...[join(app, 'link.js'), join(app, 'up/secret.js'), join(app, 'up/app-private/secret.js')],
    ...[
      `file://${dir}/secret.js`,
      `file://host${app}/src/cart.js`,
      'file:///%2e%2e/secret.js',
      `${app}/%2e%2e/secret.js`,
    ],
    ...[
      `${app}/src/cart.js\0.png`,
      '\0',
      '.',
      app,
      '/',
      '~/x.js',
      'C:\\boot.js',
      '..\\secret.js',
      `//${dir}/secret.js`,
    ],
    ...[
      join(app, '.env'),
      join(app, 'key.pem'),
      join(app, 'pipe.js'),
      join(app, 'src'),
      join(app, 'none.js'),
    ],
    ...[join(app, 'binary.js'), join(app, 'latin.js'), join(app, 'large.js'), join(app, 'dist/page.js.map')],
    ...['node:fs', 'webpack://app/x.js', 'x'.repeat(100_000), `${app}/${'a/'.repeat(3_000)}x.js`],
  ]
  for (const path of outside) {
    const error = await files.read(path).then(
      ({ text }) => assert.fail(`${path.slice(0, 99)} was read: ${text}`),
      (error: Error & { code: string }) => error,
    )
    assert.equal(error.code, 'source_unavailable', path)
    assert.ok(!error.message.includes('secret\n') && error.message.length < 500)
  }
})

test('the reason is said: how large and which limit, or that no directory was allowed', async (t) => {
  const { app, files, limits } = application(t)
  await assert.rejects(
    files.read(join(app, 'large.js')),
    /2000 bytes, and the limit is 1000 \(limits\.sourceBytes\)/,
  )
  await assert.rejects(files.read(join(app, 'binary.js')), /it is no text/)
  await assert.rejects(new SourceFiles([], limits).read(join(app, 'src/cart.js')), /ACME_INTAKE_SOURCE_ROOTS/)
  await assert.rejects(new SourceFiles(['/none'], limits).read('x.js'), { code: 'source_unavailable' })
})
