import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './child'

const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-counted-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** The addon of native/build, or of another Node line, linked once more with the operator new of test/native/addon_allocations.cc. */
export function countedAddon(line?: string): string {
  const build = join(root, line ? `native/build-x64-node-${line}/build` : 'native/build')
  const objects = join(build, 'Release/obj.target/acme_profiler')
  const counting = join(folder, 'addon_allocations.o')
  const output = join(folder, `acme_profiler-${line}.node`)
  const script = join(folder, 'exports.map')
  // As in what is shipped: else Node's operator new stands in for this one.
  writeFileSync(script, '{ global: node_register_module_v*; local: *; };\n')
  const source = join(root, 'test/native/addon_allocations.cc')
  execFileSync('g++', ['-std=c++20', '-O1', '-fPIC', '-c', source, '-o', counting])
  execFileSync('g++', [
    ...['-shared', '-static-libstdc++', '-static-libgcc', '-pthread', `-Wl,--version-script=${script}`],
    ...readdirSync(objects)
      .filter((name) => name.endsWith('.o'))
      .map((name) => join(objects, name)),
    ...[counting, '-o', output],
  ])
  return output
}

/** What one child needs, by name. */
export function allocationsEnv(name: string): Record<string, string> {
  const file = join(folder, name)
  writeFileSync(file, Buffer.alloc(5 * BigInt64Array.BYTES_PER_ELEMENT))
  return { ALLOCATIONS_FILE: file }
}
