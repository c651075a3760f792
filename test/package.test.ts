import assert from 'node:assert/strict'
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { startReceiver, type Upload } from './accuracy/receiver'

// What an application gets: packed, installed with install scripts switched off, and run on every Node line.

const maxInstalledBytes = 5 * 1024 * 1024
const lines = { 20: '115', 22: '127', 24: '137', 26: '147' }

const root = join(__dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-package-'))
const application = join(folder, 'application')
const installed = join(application, 'node_modules/@acme/profiler')
after(() => rmSync(folder, { recursive: true }))

const node = (line: string) => join(root, `node_modules/node-${line}/bin/node`)
const npm = (cwd: string, ...args: string[]) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const filesBelow = (directory: string) =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(directory, name)).isFile())
    .sort()
// As `du` counts: whole blocks.
const installedBytes = (directory: string) =>
  filesBelow(directory).reduce((sum, name) => sum + statSync(join(directory, name)).blocks * 512, 0)

let packed: string[]
before(() => {
  const [pack] = JSON.parse(npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder))
  packed = pack.files.map(({ path }: { path: string }) => path)
  mkdirSync(application)
  writeFileSync(join(application, 'package.json'), '{ "private": true }')
  npm(
    application,
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    join(folder, pack.filename),
  )
})

test('the package holds what an application needs and nothing else', () => {
  const compiled = filesBelow(join(root, 'src'))
    .filter((name) => name.endsWith('.ts') && !/^(intake|explorer)\//.test(name))
    .flatMap((name) => [`dist/${name.replace(/ts$/, 'js')}`, `dist/${name.replace(/ts$/, 'd.ts')}`])
  const architectures = ['arm64', 'x64'].filter((arch) =>
    existsSync(join(root, `native/prebuilds/linux-${arch}`)),
  )
  const addons = architectures.flatMap((arch) =>
    Object.values(lines).map((abi) => `native/prebuilds/linux-${arch}/@acme+profiler.abi${abi}.glibc.node`),
  )
  const documents = filesBelow(join(root, 'docs')).map((name) => `docs/${name}`)
  const expected = [
    ...compiled,
    ...addons,
    ...documents,
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'package.json',
  ]
  const missing = expected.filter((path) => !packed.includes(path))
  const unexpected = packed.filter((path) => !expected.includes(path))
  assert.deepEqual({ missing, unexpected }, { missing: [], unexpected: [] })
})

test('installed with everything it depends on it is at most 5 MiB', (t) => {
  const [own, all] = [installedBytes(installed), installedBytes(join(application, 'node_modules'))]
  const architectures = readdirSync(join(installed, 'native/prebuilds')).length
  // Where there is no cross compiler the addons of arm64 are counted as large as those of x64.
  const missing = (2 - architectures) * installedBytes(join(installed, 'native/prebuilds'))
  const kib = (bytes: number) => `${Math.round(bytes / 1024).toLocaleString('en')} KiB`
  t.diagnostic(`installed: ${kib(own + missing)} own, ${kib(all + missing)} with dependencies`)
  assert.ok(
    all + missing <= maxInstalledBytes,
    `${kib(all + missing)}, the limit is ${kib(maxInstalledBytes)}`,
  )
})

// Without skipLibCheck and without the types of Node: ours must not need what an application may not have.
for (const extension of ['cts', 'mts']) {
  test(`the types hold in a .${extension} of an application`, () => {
    const program = `
      import { start, status, withLabels } from '@acme/profiler'
      const running: boolean = start({ service: 'shop', uploadPeriodS: 30 }).running
      const result: number = withLabels({ tenant: 'a', shard: 3 }, () => 42)
      // @ts-expect-error: seconds are a number
      start({ uploadPeriodS: '30' })
      export { running, result, status }`
    writeFileSync(join(application, `types.${extension}`), program)
    const options = ['--noEmit', '--strict', '--module', 'node16', '--target', 'es2022', '--lib', 'es2022']
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const result = spawnSync(process.execPath, [compiler, ...options, `types.${extension}`], {
      cwd: application,
      encoding: 'utf8',
    })
    assert.equal(result.stdout, '')
  })
}

const run = promisify(execFile)
const programs: Record<string, string> = {
  'work.cjs': `
    const end = Date.now() + 1500
    let sum = 0
    ;(function busy() { for (let i = 0; i < 1e6; i++) sum += Math.sqrt(i); if (Date.now() < end) setImmediate(busy) })()`,
  'api.cjs': `
    const { start, status, withLabels } = require('@acme/profiler')
    start()
    if (withLabels({ job: 'x' }, () => 42) !== 42) throw new Error('withLabels')
    console.log(JSON.stringify(status()))`,
  'api.mjs': `
    import { start, status, withLabels } from '@acme/profiler'
    start()
    if (withLabels({ job: 'x' }, () => 42) !== 42) throw new Error('withLabels')
    console.log(JSON.stringify(status()))`,
}
before(() => {
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(application, name), text)
})

for (const [line, abi] of Object.entries(lines)) {
  const absent = existsSync(node(line)) ? false : `node_modules/node-${line} is not installed`

  test(`Node ${line}: the addon is found and loads`, { skip: absent }, async () => {
    const script = `const find = require('node-gyp-build'); const native = require('path').dirname(require.resolve('@acme/profiler/package.json')) + '/native'
      find(native); process.stdout.write(find.path(native))`
    const { stdout } = await run(node(line), ['-e', script], { cwd: application })
    assert.ok(stdout.endsWith(`/linux-x64/@acme+profiler.abi${abi}.glibc.node`), stdout)
  })

  for (const option of ['--require', '--import']) {
    test(`Node ${line}: ${option} @acme/profiler/init uploads at the program's end`, {
      skip: absent,
    }, async () => {
      const receiver = await startReceiver()
      try {
        const env = {
          DD_TRACE_AGENT_URL: receiver.url,
          DD_SERVICE: 'packed',
          DD_PROFILING_DEBUG_UPLOAD_COMPRESSION: 'gzip',
          PATH: process.env.PATH,
        }
        const { stderr } = await run(node(line), [option, '@acme/profiler/init', 'work.cjs'], {
          cwd: application,
          env,
        })
        assert.equal(stderr, '')
        assert.equal(receiver.uploads.length, 1)
        const { event, files } = await (receiver.uploads[0] as Upload).read()
        assert.match(event.tags_profiler, /service:packed/)
        assert.ok(Object.keys(files).includes('wall.pprof'), Object.keys(files).join())
      } finally {
        receiver.close()
      }
    })
  }

  for (const program of ['api.cjs', 'api.mjs']) {
    test(`Node ${line}: ${program} starts the profiler`, { skip: absent }, async () => {
      const env = { DD_TRACE_AGENT_URL: 'http://127.0.0.1:9', PATH: process.env.PATH }
      const { stdout } = await run(node(line), [program], { cwd: application, env })
      assert.equal(JSON.parse(stdout).running, true, stdout)
    })
  }
}
