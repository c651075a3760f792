import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './child'

const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-copies-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
let copies = 0

/** The addon that a Node line loads from a package's folder. */
export function addonOf(packageFolder: string, line: string | undefined): string {
  const node = line ? join(root, `node_modules/node-${line}/bin/node`) : process.execPath
  const script = `process.stdout.write(require('node-gyp-build').path(${JSON.stringify(join(packageFolder, 'native'))}))`
  const env = { PATH: process.env.PATH, ...(line ? { PREBUILDS_ONLY: '1' } : {}) }
  return execFileSync(node, ['-e', script], { cwd: root, env, encoding: 'utf8' })
}

/** The built package once more, at another path, for one Node line; with another addon where one is given. */
export function copyOfPackage(line: string | undefined, addon = addonOf(root, line)): string {
  const copy = join(folder, String(copies++))
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true })
  copyFileSync(join(root, 'package.json'), join(copy, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  const parts = addon.slice(join(root, 'native').length + 1)
  const target = line ? join(copy, 'native', parts) : join(copy, 'native/build/Release/acme_profiler.node')
  mkdirSync(join(target, '..'), { recursive: true })
  copyFileSync(addon, target)
  return copy
}
