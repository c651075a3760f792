import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

interface Entry {
  resolved?: string
  link?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}
const lock = JSON.parse(readFileSync(join(__dirname, '../package-lock.json'), 'utf8'))
const packages: Record<string, Entry> = lock.packages

test('package-lock.json names no registry', () => {
  assert.deepEqual(
    Object.keys(packages).filter((path) => packages[path]?.resolved !== undefined && !packages[path]?.link),
    [],
  )
})

// `npm ci` refuses a lock without them on every platform. `npm install` leaves those out that its registry does not have.
test('package-lock.json holds the optional packages of all platforms', () => {
  const found = (path: string, name: string): boolean => {
    if (`${path}node_modules/${name}` in packages) return true
    return path !== '' && found(path.slice(0, path.lastIndexOf('node_modules/')), name)
  }
  const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !found(path === '' ? '' : `${path}/`, name))
      .map((name) => `${path} wants ${name}`),
  )
  assert.deepEqual(missing, [])
})

test('what a clone runs of dist/ is built before', () => {
  const { scripts } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8'))
  const built = Object.keys(scripts).filter((name) => /^node (dist|examples)\//.test(scripts[name]))
  assert.deepEqual(built, ['demo', 'intake'])
  for (const name of built) assert.equal(scripts[`pre${name}`], 'node test/setup.mjs', name)
})
