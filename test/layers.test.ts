import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, posix } from 'node:path'
import { test } from 'node:test'
import ts from 'typescript'

const root = join(__dirname, '..')
const manifest = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'))
const { dependencies, devDependencies, peerDependencies } = manifest('package.json')
const intakeDependencies = manifest('src/intake/package.json').dependencies

/**
 * What each room may import: rooms, `node` = builtin modules and our own package.json (its version), `packages` =
 * what an application installs with the agent, or may. The intake is a package of its own; the explorer's packages are bundled into its page.
 */
const permissions: Record<string, string[]> = {
  compose: ['agent', 'intake', 'cli', 'pprof', 'node', 'packages'],
  cli: ['cli', 'pprof', 'node'],
  agent: ['agent', 'pprof', 'node', 'packages'],
  intake: ['intake', 'pprof', 'node', 'packages of the intake'],
  explorer: ['explorer', 'pprof', 'development packages'],
  browser: ['browser', 'pprof'],
  pprof: ['pprof'],
}

/** The room of a path like `src/agent/x`; the files that lie directly in src compose the rooms. */
const roomOf = (path: string) => {
  const [top, room, ...rest] = path.split('/')
  if (top !== 'src') return 'outside src'
  return rest.length === 0 ? 'compose' : (room ?? '')
}

const targetOf = (file: string, specifier: string) => {
  if (specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(file), specifier)
    return path === 'package.json' ? 'node' : roomOf(path)
  }
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? 'node' : 'a builtin without node:'
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  if (name in dependencies || name in peerDependencies) return 'packages'
  if (name in intakeDependencies) return 'packages of the intake'
  return name in devDependencies ? 'development packages' : 'a package that is no dependency'
}

const wrongArrows = (file: string, source: string) => {
  const room = roomOf(file)
  return ts
    .preProcessFile(source, true, true)
    .importedFiles.map(({ fileName }) => ({ fileName, target: targetOf(file, fileName) }))
    .filter(({ target }) => !permissions[room]?.includes(target))
    .map(({ fileName, target }) => `${file} (${room}) imports '${fileName}' (${target})`)
}

const sourceFiles = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => `src/${name}`)

test('every import of src points down', () => {
  const wrong = sourceFiles.flatMap((file) => wrongArrows(file, readFileSync(join(root, file), 'utf8')))
  assert.deepEqual(wrong, [])
})

/** Ways from a file along imports back to it, types too: none is left once every file that imports nothing of the others was taken away. */
const circles = (sources: ReadonlyMap<string, string>) => {
  const imported = (file: string, source: string) =>
    ts
      .preProcessFile(source, true, true)
      .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
      .map(({ fileName }) => posix.join(posix.dirname(file), fileName))
      .flatMap((path) => [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`])
      .filter((path) => sources.has(path))
  const left = new Map([...sources].map(([file, source]) => [file, imported(file, source)]))
  const isLeft = (file: string) => left.has(file)
  for (let before = -1; before !== left.size; ) {
    before = left.size
    for (const [file, targets] of left) if (!targets.some(isLeft)) left.delete(file)
  }
  // Some of these only lead into a circle; whoever imports nothing but them is taken away from the other side.
  for (let before = -1; before !== left.size; ) {
    before = left.size
    const reached = new Set([...left.values()].flat())
    for (const file of [...left.keys()]) if (!reached.has(file)) left.delete(file)
  }
  return [...left].map(([file, targets]) => `${file} imports ${targets.filter(isLeft).join(', ')}`)
}

test('no imports of src go in a circle', () => {
  assert.deepEqual(
    circles(new Map(sourceFiles.map((file) => [file, readFileSync(join(root, file), 'utf8')]))),
    [],
  )
})

test('a circle is found, of types too, and named without the files around it', () => {
  const sources = {
    'src/pprof/above.ts': `import { a } from './a'`,
    'src/pprof/a.ts': `import type { B } from './deep'`,
    'src/pprof/deep/index.ts': `import { leaf } from '../leaf'\nexport * from './b'`,
    'src/pprof/deep/b.tsx': `const a = () => import('../a')`,
    'src/pprof/leaf.ts': 'export const leaf = 1',
  }
  assert.deepEqual(circles(new Map(Object.entries(sources))), [
    'src/pprof/a.ts imports src/pprof/deep/index.ts',
    'src/pprof/deep/index.ts imports src/pprof/deep/b.tsx',
    'src/pprof/deep/b.tsx imports src/pprof/a.ts',
  ])
})

test('every folder of src is a known room', () => {
  assert.deepEqual(
    sourceFiles.filter((file) => !(roomOf(file) in permissions)),
    [],
  )
})

const planted: [file: string, source: string][] = [
  ['src/agent/a.ts', `import { store } from '../intake/store'`],
  ['src/intake/a.ts', `import type { Config } from '../agent/config'`],
  ['src/intake/deep/a.ts', `export * from '../../agent/config'`],
  ['src/pprof/a.ts', `import { readFileSync } from 'node:fs'`],
  ['src/pprof/a.ts', `const fs = require('node:fs')`],
  ['src/pprof/a.ts', `const later = () => import('../agent/config')`],
  ['src/pprof/a.ts', `import { gunzip } from 'pako'`],
  ['src/agent/a.ts', `import { start } from '../index'`],
  ['src/agent/a.ts', `import fs from 'fs'`],
  ['src/agent/a.ts', `import fastify from 'fastify'`],
  ['src/agent/a.ts', `import { request } from 'undici'`],
  ['src/agent/a.ts', `import { run } from '../../test/helpers/run'`],
]
for (const [file, source] of planted) {
  test(`refuses in ${file}: ${source}`, () => assert.equal(wrongArrows(file, source).length, 1))
}
