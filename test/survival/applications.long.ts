import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { nodeBinary } from '../accuracy/agent'
import { assertOff, assertProfiled, installApplication } from './applications'
import { byEsbuild, byWebpack } from './bundlers'
import { otherLines, root } from './child'

const { folder, path, installation } = installApplication()
const lines = [undefined, ...otherLines]
const majorOf = (line: string | undefined) => Number(line ?? process.versions.node.split('.')[0])

describe('bundles', { concurrency: 2 }, () => {
  for (const [name, bundle] of Object.entries({ esbuild: byEsbuild, webpack: byWebpack })) {
    test(`${name}, the package external`, async () => {
      const output = path(`${name}.cjs`)
      await bundle(path('api.js'), output, ['@acme/profiler'])
      for (const line of lines) await assertProfiled({ file: output, line })
    })

    test(`${name}, the package inside: off, in one line`, async () => {
      const output = path(`${name}-whole.cjs`)
      await bundle(path('api.js'), output, [])
      for (const line of lines)
        await assertOff({ file: output, line }, /: it was bundled into the application; keep /)
    })
  }

  test('esbuild, to ESM, the package external', async () => {
    await byEsbuild(path('api.mjs'), path('esbuild.mjs'), ['@acme/profiler'])
    for (const line of lines) await assertProfiled({ file: path('esbuild.mjs'), line })
  })
})

test('applications of ESM alone', async () => {
  for (const line of lines) {
    for (const file of ['api.mjs', 'init.mjs']) await assertProfiled({ file: path(file), line })
    const nodeArgs = ['--import', path('node_modules/@acme/profiler/dist/init.js')]
    await assertProfiled({ file: path('plain.mjs'), nodeArgs, line })
  }
})

describe('the permission model', () => {
  for (const line of lines) {
    const flag = majorOf(line) >= 24 ? '--permission' : '--experimental-permission'
    const warnings = { NODE_NO_WARNINGS: '1' }
    const net = majorOf(line) >= 25 ? ['--allow-net'] : []
    const files = ['--allow-fs-read=*', ...net]
    const run = { file: path('api.js'), line, env: warnings }

    test(`Node ${majorOf(line)}: with addons, worker threads and files it is profiled`, () =>
      assertProfiled({
        ...run,
        nodeArgs: [flag, ...files, '--allow-addons', '--allow-worker', '--allow-fs-write=*'],
      }))

    test(`Node ${majorOf(line)}: where it may write no file, too`, () =>
      assertProfiled({ ...run, nodeArgs: [flag, ...files, '--allow-addons', '--allow-worker'] }))

    test(`Node ${majorOf(line)}: without addons it is off, in one line`, () =>
      assertOff(
        { ...run, nodeArgs: [flag, ...files, '--allow-worker'] },
        /^acme-profiler: the profiler is off: /,
      ))

    test(`Node ${majorOf(line)}: without worker threads it is off, in one line`, () =>
      assertOff(
        { ...run, nodeArgs: [flag, ...files, '--allow-addons'] },
        /^acme-profiler: the profiler is off: uploads are made by a worker thread, /,
      ))
  }
})

/** A single-executable application of `main.cjs` for a Node line; the package stays in a node_modules beside it. */
function buildExecutable(line: string | undefined): string {
  const executable = path(`app-${majorOf(line)}`)
  const config = path(`sea-${majorOf(line)}.json`)
  const isWhole = majorOf(line) >= 26
  const output = isWhole ? executable : `${executable}.blob`
  writeFileSync(
    config,
    JSON.stringify({ main: path('main.cjs'), output, disableExperimentalSEAWarning: true }),
  )
  const options = { cwd: folder, stdio: 'ignore' } as const
  execFileSync(
    nodeBinary(String(majorOf(line))),
    [isWhole ? '--build-sea' : '--experimental-sea-config', config],
    options,
  )
  if (isWhole) return executable
  copyFileSync(nodeBinary(String(majorOf(line))), executable)
  const postject = join(root, 'node_modules/postject/dist/cli.js')
  const fuse = ['--sentinel-fuse', 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2']
  execFileSync(process.execPath, [postject, executable, 'NODE_SEA_BLOB', output, ...fuse], options)
  return executable
}

describe('single-executable applications', () => {
  installation.write({
    'main.cjs': `const { createRequire } = require('node:module')
      const profiler = createRequire(process.execPath)('@acme/profiler')
      profiler.start()
      const kept = []
      const end = Date.now() + 400
      for (let n = 0; Date.now() < end; n++) kept[n % 5000] = { text: String(Math.sqrt(n)) }
      console.log(profiler.status().running)`,
  })
  for (const line of lines) {
    // Of a node that is linked to libnode.so there is no single executable.
    test(`Node ${majorOf(line)}`, async () => {
      const executable = buildExecutable(line)
      if (!existsSync(executable)) throw new Error(`no ${executable}`)
      await assertProfiled({ executable, line })
    })
  }
})
