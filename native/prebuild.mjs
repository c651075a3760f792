// Builds the addon for every Node line and architecture that is shipped, into native/prebuilds, under the names that
// node-gyp-build looks for. What is newer than all sources is left alone. `--arch=x64` builds that one only.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepareOldGlibc } from './old-glibc.mjs'

const native = dirname(fileURLToPath(import.meta.url))
const root = dirname(native)

// The oldest glibc that an official Node binary runs on (Node 20 to 26: Red Hat 8). Ours must not ask for more.
const maxGlibc = [2, 28]
// Node lines and the version of the binary interface of each (process.versions.modules).
const abis = { 20: 115, 22: 127, 24: 137, 26: 147 }
const targets = [
  { arch: 'x64', compiler: process.env.CXX ?? 'g++', tool: (name) => name, debian: 'g++' },
  {
    arch: 'arm64',
    compiler: 'aarch64-linux-gnu-g++',
    tool: (name) => `aarch64-linux-gnu-${name}`,
    debian: 'g++-aarch64-linux-gnu',
  },
]

const run = (command, args, options = {}) => {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20, ...options })
  if (result.status === 0) return result.stdout
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`.trimEnd()
  throw new Error(`${command} ${args.join(' ')}\n${output.split('\n').slice(-60).join('\n')}`)
}
const runs = (command) => spawnSync(command, ['--version']).status === 0

const sources = readdirSync(native).filter((name) => /\.(cc|h|gyp|gypi)$/.test(name) || name.endsWith('.mjs'))
const newestSourceMs = Math.max(...sources.map((name) => statSync(join(native, name)).mtimeMs))

// The headers of a line are the same for both architectures; what differs is in --arch.
const build = ({ arch, compiler, tool }, line, linkerFlags, output) => {
  // One folder for each target, so that make compiles again only what has changed.
  const folder = join(native, `build-${arch}-node-${line}`)
  mkdirSync(folder, { recursive: true })
  for (const name of sources) cpSync(join(native, name), join(folder, name), { preserveTimestamps: true })
  const gyp = [
    join(root, 'node_modules/node-gyp/bin/node-gyp.js'),
    ...[
      '-C',
      folder,
      '-j',
      'max',
      '--loglevel=error',
      `--arch=${arch}`,
      `--nodedir=${join(root, `node_modules/node-${line}`)}`,
    ],
    ...['configure', 'build'],
  ]
  const cross = arch === 'x64' ? {} : { CC: tool('gcc'), AR: tool('ar'), LINK: compiler }
  // node-gyp lets the variables of npm win over its arguments, and npm hands its nodedir to every script.
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_config_(nodedir|arch|target)$/i.test(name),
  )
  const env = { ...Object.fromEntries(own), CXX: compiler, LDFLAGS: linkerFlags, ...cross }
  run(process.execPath, gyp, { env })
  mkdirSync(dirname(output), { recursive: true })
  run(tool('strip'), ['--strip-all', '-o', output, join(folder, 'build/Release/acme_profiler.node')])
}

// Without this the static libstdc++ is exported too, and half of it is replaced by the application's at load.
const onlyExports = (folder) => {
  const script = join(folder, 'exports.map')
  writeFileSync(script, '{ global: node_register_module_v*; local: *; };\n')
  return `-Wl,--version-script=${script}`
}

// Drop what nobody calls, and the padding between segments.
const sizeFlags = '-Wl,--gc-sections -Wl,-z,noseparate-code'

/** What a library asks of the machine: the newest glibc version, the symbols that are too new, the libraries. */
const needs = ({ tool }, file, isTooNew) => {
  const symbols = run(tool('objdump'), ['-T', file])
  const versions = [...symbols.matchAll(/\(GLIBC_(\d+)\.(\d+)[.\d]*\)/g)].map((match) => [
    Number(match[1]),
    Number(match[2]),
  ])
  const newest = versions.sort((a, b) => a[0] - b[0] || a[1] - b[1]).at(-1)
  const unversioned = [...symbols.matchAll(/\*UND\*\s+\S+\s+Base\s+(\S+)$/gm)].map((match) => match[1])
  const libraries = [...run(tool('objdump'), ['-p', file]).matchAll(/NEEDED\s+(\S+)/g)].map(
    (match) => match[1],
  )
  return { newest, tooNew: unversioned.filter(isTooNew), libraries }
}

// Through node-gyp-build, as an application does it: a name it does not find would be noticed here.
const load = (line, file) => {
  const script = `
    const path = require(${JSON.stringify(join(root, 'node_modules/node-gyp-build'))}).path(${JSON.stringify(native)})
    if (path !== ${JSON.stringify(file)}) throw new Error('node-gyp-build finds ' + path)
    require(path)`
  run(join(root, `node_modules/node-${line}/bin/node`), ['-e', script], {
    env: { ...process.env, PREBUILDS_ONLY: '1' },
  })
}

/** Builds one addon where it is not up to date, checks it, and returns its line of the report. */
const make = (target, line, flags, isTooNew, file) => {
  const started = Date.now()
  const isFresh = existsSync(file) && statSync(file).mtimeMs > newestSourceMs
  if (!isFresh) build(target, line, flags, file)
  const { newest, tooNew, libraries } = needs(target, file, isTooNew)
  if (tooNew.length > 0)
    throw new Error(`asks for a glibc newer than ${maxGlibc.join('.')}: ${tooNew.join(', ')}`)
  const canRun = target.arch === 'x64'
  if (canRun) load(line, file)
  const size = `${(statSync(file).size / 1024).toFixed(0)} KB`
  const took = isFresh ? 'up to date' : `${((Date.now() - started) / 1000).toFixed(1)} s`
  return [
    size,
    ...(canRun ? ['loads'] : []),
    `glibc >= ${newest.join('.')}`,
    `needs ${libraries.join(' ')}`,
    took,
  ].join(', ')
}

const only = process.argv.find((arg) => arg.startsWith('--arch='))?.slice('--arch='.length)
for (const target of targets.filter(({ arch }) => !only || arch === only)) {
  if (!runs(target.compiler)) {
    console.log(
      `prebuild: no linux-${target.arch}: \`${target.compiler}\` is not installed (Debian: apt install ${target.debian})`,
    )
    if (target.arch === 'x64') process.exitCode = 1
    continue
  }
  const folder = join(native, `build-${target.arch}-link`)
  const { linkerFlags, isTooNew } = prepareOldGlibc({
    ...target,
    objdump: target.tool('objdump'),
    limit: maxGlibc,
    folder,
    run,
  })
  const flags = `${linkerFlags} ${onlyExports(folder)} ${sizeFlags}`
  for (const [line, abi] of Object.entries(abis)) {
    const name = `linux-${target.arch}/@acme+profiler.abi${abi}.glibc.node`
    const file = join(native, 'prebuilds', name)
    try {
      console.log(`prebuild: Node ${line} ${name}  ${make(target, line, flags, isTooNew, file)}`)
    } catch (error) {
      // A file that was not found good must not be packed, nor taken for up to date the next time.
      rmSync(file, { force: true })
      console.error(`prebuild: Node ${line} ${name} FAILED: ${error.message}`)
      process.exitCode = 1
    }
  }
}
