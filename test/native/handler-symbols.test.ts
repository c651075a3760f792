import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

// What the signal handler's object file may ask for. Every name here is async-signal-safe by POSIX, or no call at all.
// A lock or an allocation in a handler deadlocks the process in the field, and no sanitizer reports it.
const allowed = new Set([
  '_GLOBAL_OFFSET_TABLE_', // no call: position-independent code
  '__errno_location', // errno is saved and restored
  'clock_gettime',
  'raise', // not by the handler: its installation asks whether it is reached
  'sem_post',
  'sigaction',
  'sigemptyset',
])

// leaf_frame.cc runs in the handler too, and is held to the same list.
const ofTheHandler = /^_ZN4acme9LeafFrame[CD]\dE/

const native = join(__dirname, '../../native')
const folder = mkdtempSync(join(tmpdir(), 'handler-symbols-'))
after(() => rmSync(folder, { recursive: true }))

const refused = (object: string) =>
  execFileSync('nm', ['-u', object], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).at(-1) ?? '')
    .filter((symbol) => symbol !== '' && !allowed.has(symbol) && !ofTheHandler.test(symbol))

const compile = (name: string, source: string) => {
  const file = join(folder, `${name}.cc`)
  const object = join(folder, `${name}.o`)
  writeFileSync(file, source)
  const flags = ['-std=gnu++17', '-O2', '-fPIC', '-fexceptions', '-fno-rtti', '-fvisibility=hidden']
  execFileSync(process.env.CXX ?? 'g++', [...flags, '-I', native, '-c', file, '-o', object])
  return object
}

const source = readFileSync(join(native, 'sigprof.cc'), 'utf8')

const inHandler = (include: string, statement: string) => {
  const start = 'tls_inside = 1;'
  assert.equal(source.split(start).length, 2, `sigprof.cc has one "${start}", where the canaries go in`)
  return `#include <${include}>\n${source.replace(start, `${start}\n${statement}`)}`
}

for (const name of ['sigprof', 'leaf_frame']) {
  test(`${name}.o, as it is linked into the addon, asks for allowed symbols only`, () => {
    assert.deepEqual(refused(join(native, `build/Release/obj.target/acme_profiler/${name}.o`)), [])
  })
}

test('the handler as it is now asks for allowed symbols only', () => {
  assert.deepEqual(refused(compile('handler', source)), [])
})

const canaries: [name: string, symbol: RegExp, planted: () => string][] = [
  ['new', /^_Znam$/, () => inHandler('new', 'static char* volatile leak; leak = new char[8];')],
  ['malloc', /^malloc$/, () => inHandler('cstdlib', 'static void* volatile leak; leak = malloc(8);')],
  [
    'mutex',
    /^pthread_mutex_lock$/,
    () => inHandler('pthread.h', 'static pthread_mutex_t lock; pthread_mutex_lock(&lock);'),
  ],
  ['printf', /^(printf|puts)$/, () => inHandler('cstdio', 'printf("tick %d", signal);')],
  // The general TLS model may allocate on the first access of a thread.
  ['tls', /^__tls_get_addr$/, () => source.replace('__attribute__((tls_model("initial-exec")))', '')],
]
for (const [name, symbol, planted] of canaries) {
  test(`a planted ${name} is refused`, () => {
    const found = refused(compile(name, planted()))
    assert.ok(
      found.some((candidate) => symbol.test(candidate)),
      `found: ${found.join(' ') || 'nothing'}`,
    )
  })
}
