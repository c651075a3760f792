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
