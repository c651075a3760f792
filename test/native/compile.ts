import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const root = join(__dirname, '../..')

/** What the encoder is made of. */
export const encoder = ['pprof_encoder', 'pprof_order', 'pprof_writer'].map((name) => `native/${name}.cc`)

export type Sanitizer = 'address,undefined' | 'thread'

const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-native-test-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const run = promisify(execFile)
const compiled = new Map<string, Promise<string>>()

/**
 * Compiles a C++ program of this folder with the native sources that it needs (paths from the repository's root), once per
 * test file. Needs g++ only: what is tested here knows no V8 and no Node. With a sanitizer it is not optimized: g++ would
 * take five times as long.
 * @returns the program's path. Throws what g++ says.
 */
export function compile(program: string, sources: string[], sanitizer?: Sanitizer): Promise<string> {
  const path = join(folder, `${program}-${sanitizer ?? 'plain'}`)
  const known = compiled.get(path)
  if (known) return known
  const flags = sanitizer
    ? ['-g', '-fno-omit-frame-pointer', `-fsanitize=${sanitizer}`, '-fno-sanitize-recover=all', '-O0']
    : ['-O1', '-fno-exceptions', '-fno-rtti', '-Wall', '-Wextra', '-Werror']
  const files = [`test/native/${program}.cc`, ...sources]
  const done = run('g++', ['-std=c++17', ...flags, ...files, '-pthread', '-o', path], {
    cwd: root,
  }).then(() => path)
  compiled.set(path, done)
  return done
}

export interface Result {
  stdout: Buffer
  stderr: string
  /** Exit code, or the signal that ended the program. */
  end: number | NodeJS.Signals | null
}

const sanitizerOptions = {
  ASAN_OPTIONS: 'detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1',
  UBSAN_OPTIONS: 'print_stacktrace=1',
  TSAN_OPTIONS: 'second_deadlock_stack=1',
}

export function runProgram(path: string, args: string[], input?: Uint8Array): Result {
  const { stdout, stderr, status, signal } = spawnSync(path, args, {
    ...(input ? { input } : {}),
    maxBuffer: 1 << 30,
    env: { ...process.env, ...sanitizerOptions, LD_PRELOAD: '' },
  })
  return { stdout, stderr: stderr.toString(), end: signal ?? status }
}

/** Splits blocks of a little-endian uint32 length and as many bytes. */
export function splitBlocks(bytes: Buffer): Buffer[] {
  const blocks: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32LE(at)
    blocks.push(bytes.subarray(at + 4, end))
    at = end
  }
  return blocks
}

export function joinBlocks(blocks: Uint8Array[]): Buffer {
  return Buffer.concat(
    blocks.flatMap((block) => {
      const size = Buffer.alloc(4)
      size.writeUInt32LE(block.length)
      return [size, block]
    }),
  )
}
