// Makes a fresh clone ready: dependencies, native addon, TypeScript. Runs before `npm test` and `npm run demo`,
// so it uses builtin modules only, and each step is skipped while what it makes is up to date.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const inRoot = (...parts) => join(root, ...parts)

// The packages node-20 … node-26 put a `node` into node_modules/.bin, and npm scripts look there first:
// without this the tests would run on one of those, against an addon that was built for the installed Node.
const removeShadowNode = () => rmSync(inRoot('node_modules/.bin/node'), { force: true })

const started = Date.now()
const say = (text) => console.log(`setup: ${text}`)
const stop = (text) => {
  console.error(`setup: ${text}`)
  process.exit(1)
}

const run = (command, args, options = {}) => {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    ...options,
  })
  return {
    ok: result.status === 0,
    output: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`,
  }
}

// Compilers tell the cause last, npm tells it first.
const shortened = (output) => {
  const lines = output.trimEnd().split('\n')
  return (lines.length <= 80 ? lines : [...lines.slice(0, 30), '...', ...lines.slice(-50)]).join('\n')
}

const step = (what, command, args, options) => {
  say(`${what} …`)
  const stepStarted = Date.now()
  const { ok, output } = run(command, args, options)
  if (!ok) stop(`${what} failed: ${command} ${args.join(' ')}\n${shortened(output)}`)
  say(`${what}: ${((Date.now() - stepStarted) / 1000).toFixed(1)} s`)
}

const filesBelow = (folder, wanted) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && wanted.test(entry.name))
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    : []
const newestMs = (files) => Math.max(0, ...files.map((file) => statSync(file).mtimeMs))

// Compares what is asked for with what npm noted down as installed. Times would lie: `npm install` writes both files.
const dependenciesInstalled = () => {
  const noted = inRoot('node_modules/.package-lock.json')
  if (!existsSync(noted)) return false
  const wanted = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages
  const installed = JSON.parse(readFileSync(noted, 'utf8')).packages
  return Object.entries(wanted).every(
    ([path, { version, optional, peer }]) =>
      path === '' || optional || peer || installed[path]?.version === version,
  )
}

// Headers that lie beside the running Node save a download, and are of its version for certain.
const nodeDirectory = () => {
  if (process.env.npm_config_nodedir) return process.env.npm_config_nodedir
  const beside = resolve(dirname(process.execPath), '..')
  return existsSync(join(beside, 'include/node/node_version.h')) ? beside : undefined
}

const nativeSources = () =>
  readdirSync(inRoot('native'))
    .filter((name) => /\.(cc|h|gyp|gypi)$/.test(name))
    .map((name) => inRoot('native', name))

const buildNative = () => {
  if (!existsSync(inRoot('native/binding.gyp'))) return say('no native/binding.gyp, no addon to build')
  const addon = inRoot('native/build/Release/acme_profiler.node')
  const builtFor = inRoot('native/build/built-for')
  const lastBuiltFor = existsSync(builtFor) ? readFileSync(builtFor, 'utf8') : undefined
  if (
    lastBuiltFor === process.version &&
    existsSync(addon) &&
    statSync(addon).mtimeMs > newestMs(nativeSources())
  )
    return say('native addon is up to date')
  const compiler = process.env.CXX ?? 'g++'
  if (!run('sh', ['-c', `${compiler} --version`]).ok)
    stop(
      `no C++ compiler: \`${compiler}\` does not run. Install g++ and make (Debian: apt install g++ make), or set CXX.`,
    )
  if (!run('make', ['--version']).ok) stop('no `make`. Install it (Debian: apt install make).')
  if (!run('python3', ['--version']).ok)
    stop('no `python3`, which node-gyp needs. Install it (Debian: apt install python3).')
  const nodedir = nodeDirectory()
  step(`native addon for Node ${process.version}`, process.execPath, [
    inRoot('node_modules/node-gyp/bin/node-gyp.js'),
    ...['-C', 'native', '-j', 'max', '--loglevel=warn', ...(nodedir ? [`--nodedir=${nodedir}`] : [])],
    ...(!lastBuiltFor || lastBuiltFor === process.version ? ['configure', 'build'] : ['rebuild']),
  ])
  writeFileSync(builtFor, process.version)
}

// What was compiled from a source that is gone would otherwise be packed and shipped.
const removeOrphans = () => {
  for (const file of filesBelow(inRoot('dist'), /\.(js|d\.ts)$/)) {
    if (file.startsWith(inRoot('dist/explorer/'))) continue
    const source = inRoot('src', relative(inRoot('dist'), file).replace(/(\.d\.ts|\.js)$/, '.ts'))
    if (!existsSync(source)) rmSync(file)
  }
}

// An application's start waits for each file of ours that is looked up, read and compiled.
const bundleAgent = async () => {
  const { build } = await import('esbuild')
  await build({
    entryPoints: [inRoot('src/agent/process-agent.ts')],
    outfile: inRoot('dist/agent/process-agent.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    packages: 'external',
  })
}

const buildTypeScript = async () => {
  const sources = [
    ...filesBelow(inRoot('src'), /\.ts$/).filter((file) => !file.startsWith(inRoot('src/explorer/'))),
    inRoot('tsconfig.json'),
  ]
  if (sources.length === 1) return say('no TypeScript in src yet')
  const built = inRoot('dist/.built')
  if (
    existsSync(built) &&
    readFileSync(built, 'utf8') === sources.join('\n') &&
    statSync(built).mtimeMs > newestMs(sources)
  )
    return say('TypeScript is up to date')
  step('TypeScript', process.execPath, [inRoot('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'])
  await bundleAgent()
  removeOrphans()
  writeFileSync(built, sources.join('\n'))
}

const buildExplorer = () => {
  const sources = filesBelow(inRoot('src/explorer'), /\.(tsx?|css|html|mjs|json)$/)
  const built = inRoot('dist/explorer/index.html')
  if (existsSync(built) && statSync(built).mtimeMs > newestMs(sources)) return say('explorer is up to date')
  step('explorer', process.execPath, [inRoot('src/explorer/build.mjs')])
}

const nodeOfNpm = process.env.npm_node_execpath
if (nodeOfNpm && nodeOfNpm !== process.execPath && process.execPath.startsWith(inRoot('node_modules'))) {
  removeShadowNode()
  process.exit(spawnSync(nodeOfNpm, process.argv.slice(1), { stdio: 'inherit' }).status ?? 1)
}
if (Number(process.versions.node.split('.')[0]) < 20)
  stop(`Node 20 or newer is needed, this is ${process.version}.`)
if (!dependenciesInstalled()) step('npm ci', 'npm', ['ci', '--no-audit', '--no-fund'])
removeShadowNode()
buildNative()
await buildTypeScript()
buildExplorer()
say(`ready in ${((Date.now() - started) / 1000).toFixed(1)} s (Node ${process.version})`)
