import { execFile, execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Child } from './child'
import { root } from './child'
import { copyOfPackage } from './package-copy'

export const sanitizers = {
  address: {
    // Node has no run-time types, so V8's objects cannot be told apart; object-size would come before ASAN's own report.
    flags: [
      '-fsanitize=address,undefined',
      '-fno-sanitize=vptr,object-size',
      '-fno-sanitize-recover=undefined',
    ],
    library: 'libasan.so',
    env: {
      // What Node itself frees and uses afterwards is filled, and so found as a crash: Node is not instrumented.
      ASAN_OPTIONS:
        'detect_leaks=1:detect_stack_use_after_return=1:max_free_fill_size=4096:free_fill_byte=205:exitcode=66',
      // V8's own, never freed when a process exits, are many: see withoutForeignLeaks().
      LSAN_OPTIONS: 'exitcode=0:print_suppressions=0:max_leaks=0',
      UBSAN_OPTIONS: 'print_stacktrace=1',
    },
    canaries: {
      'planted-overflow': /heap-buffer-overflow/,
      'planted-shift': /shift exponent 64/,
      'planted-leak': /Direct leak of 4242 byte/,
    },
  },
  thread: {
    flags: ['-fsanitize=thread'],
    library: 'libtsan.so',
    env: {
      // No suppression by name: each stack of ours passes through V8, and our races would be hidden with its own.
      TSAN_OPTIONS: 'ignore_noninstrumented_modules=1:halt_on_error=1:second_deadlock_stack=1:exitcode=66',
    },
    canaries: { 'planted-race': /data race/ },
  },
} as const
export type SanitizerName = keyof typeof sanitizers

const native = join(root, 'native')
const run = promisify(execFile)
const major = process.versions.node.split('.')[0]
const headers = [
  join(root, `node_modules/node-${major}/include/node`),
  join(process.execPath, '../../include/node'),
].find(existsSync)

/** Why there is no sanitizer here, or false. */
export function whyNot(name: SanitizerName): string | false {
  if (headers === undefined) return `no headers of Node ${process.version}`
  const library = libraryOf(name)
  return existsSync(library) ? false : `no ${sanitizers[name].library}`
}

function libraryOf(name: SanitizerName): string {
  return execFileSync('g++', [`-print-file-name=${sanitizers[name].library}`], { encoding: 'utf8' }).trim()
}

/** Compiles what is not newer than every source already, two files at a time. */
async function compile(name: SanitizerName, sources: readonly string[], output: string): Promise<void> {
  const folder = join(output, '..')
  mkdirSync(folder, { recursive: true })
  const inputs = [...readdirSync(native).map((file) => join(native, file)), ...sources].filter((file) =>
    /\.(cc|h|gyp)$/.test(file),
  )
  const newestMs = Math.max(...inputs.map((file) => statSync(file).mtimeMs))
  const isFresh = (file: string) => existsSync(file) && statSync(file).mtimeMs > newestMs
  if (isFresh(output)) return
  const started = new Date()
  const flags = [
    // Not optimized: g++ would take five times as long.
    ...['-std=gnu++20', '-O0', '-g1', '-fPIC', '-fno-rtti', '-fno-omit-frame-pointer'],
    ...['-fvisibility=hidden', '-pthread'],
    ...['-DBUILDING_NODE_EXTENSION', '-DNODE_GYP_MODULE_NAME=acme_profiler', `-I${headers}`],
    ...sanitizers[name].flags,
  ]
  // V8's and the standard library's headers are most of what there is to read: once is enough.
  const header = join(folder, 'all.h')
  const names = [
    'node.h',
    'node_buffer.h',
    'uv.h',
    'v8-profiler.h',
    'algorithm',
    'functional',
    'memory',
    'mutex',
  ]
  const used = [...names, 'string', 'thread', 'unordered_map', 'vector']
  writeFileSync(header, used.map((file) => `#include <${file}>\n`).join(''))
  await run('g++', [...flags, '-x', 'c++-header', header, '-o', `${header}.gch`], { cwd: root })
  const waiting = [...sources]
  const objects: string[] = []
  const worker = async () => {
    for (let source = waiting.shift(); source !== undefined; source = waiting.shift()) {
      const object = join(folder, `${source.split('/').at(-1)}.o`)
      objects.push(object)
      if (isFresh(object)) continue
      await run('g++', [...flags, '-include', header, '-c', source, '-o', `${object}.part`], { cwd: root })
      renameSync(`${object}.part`, object)
    }
  }
  await Promise.all([worker(), worker()])
  const script = join(folder, 'exports.map')
  // As in what is shipped. Node exports half of libstdc++, which would stand in for ours and is not instrumented.
  writeFileSync(script, '{ global: node_register_module_v*; local: *; };\n')
  const link = ['-shared', `-Wl,--version-script=${script}`, ...objects, '-o', output]
  await run('g++', [...flags, ...link], { cwd: root })
  // What was saved while it compiled is not in it.
  utimesSync(output, started, started)
}

/** A copy of the package whose addon is instrumented. */
export async function sanitizedPackage(name: SanitizerName): Promise<string> {
  const gyp = readFileSync(join(native, 'binding.gyp'), 'utf8')
  const sources = [...gyp.matchAll(/"(\w+\.cc)"/g)].map((match) => join(native, match[1] as string))
  const output = join(native, `build-${name}-node-${major}`, 'acme_profiler.node')
  await compile(name, sources, output)
  return copyOfPackage(undefined, output)
}

/** A library that commits the fault named by CANARY when it is loaded. */
export async function canaryLibrary(name: SanitizerName): Promise<string> {
  const output = join(native, `build-${name}-node-${major}`, 'canary', 'canary.node')
  await compile(name, [join(root, 'test/native/canary_library.cc')], output)
  return output
}

/** What a child needs to run with the sanitizer's library. */
export function sanitizedEnv(name: SanitizerName): Child['env'] {
  return { LD_PRELOAD: libraryOf(name), ...sanitizers[name].env }
}

const leakReport = /\n=+\n==\d+==ERROR: LeakSanitizer[\s\S]*?\nSUMMARY: AddressSanitizer: .*\n/g

/** Standard error without the leaks of Node itself. */
export function withoutForeignLeaks(stderr: string): string {
  return stderr.replace(leakReport, (report) =>
    report
      .split('\n\n')
      .filter((leak) => leak.startsWith('Direct leak') && isOurs(leak) && !isKnown(leak))
      .join('\n\n'),
  )
}

/** Between the allocation and our code is nothing of Node's. */
const isOurs = (leak: string) => leak.includes('/native/') && !leak.split('/native/')[0]?.includes('node+')

// V8 forgets an interrupt that has not run when its isolate ends; what it would have been given stays behind.
const isKnown = (leak: string) => leak.includes(' acme::ThreadChannel::RequestInterrupt(')
