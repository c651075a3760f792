import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { after, before, test } from 'node:test'
import { buildSync } from 'esbuild'
import { Profile } from 'pprof-format'
import ts from 'typescript'
import { startProfiled } from '../accuracy/agent'
import { type Sample, samplesOf } from '../accuracy/samples'

// The whole way: compilers as people use them, the agent preloaded, what arrives at the receiver.

const root = join(__dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-mapped-'))
after(() => rmSync(folder, { recursive: true }))

// One loop of a second or two, without a call: a sample that is late falls into the next system call, and there is none.
const spin = `// Types vanish, enums grow: no line of the output is where it was.
enum Step { Small = 1, Large }
interface Result { total: number }

export function spinAround(times: number): Result {
  const result: Result = { total: 0 }
  for (let i = 0; i < times; i += Step.Small) result.total += Math.sqrt(i) //: runs
  return result
}
`
const main = `import { spinAround } from './spin'
export type Kept = { text: string; rest: unknown[] }
const kept: Kept[] = []
const hoardMemory = (count: number): void => {
  for (let i = 0; i < count; i++) kept.push({ text: 'kept', rest: new Array(20).fill(i) })
}
hoardMemory(300_000)
const callSpin = (times: number): number => {
  return spinAround(times).total //: calls
}
callSpin(500_000_000)
// Else it may have been collected by the time of the upload, rightly.
process.on('exit', () => console.log(kept.length))
`
const lineOf = (text: string, mark: string) =>
  text.split('\n').findIndex((line) => line.includes(`//: ${mark}`)) + 1

before(() => {
  mkdirSync(join(folder, 'src'))
  writeFileSync(join(folder, 'src/spin.ts'), spin)
  writeFileSync(join(folder, 'src/main.ts'), main)
  const options: ts.CompilerOptions = {
    ...{
      outDir: join(folder, 'dist'),
      rootDir: join(folder, 'src'),
      sourceMap: true,
      types: [],
      strict: true,
    },
    ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, ignoreDeprecations: '6.0' },
  }
  ts.createProgram([join(folder, 'src/main.ts')], options).emit()
  buildSync({
    entryPoints: [join(folder, 'src/main.ts')],
    outfile: join(folder, 'bundle/main.js'),
    ...{ bundle: true, minify: true, sourcemap: 'linked', platform: 'node' },
  })
})

interface Arrived {
  wall: Sample[]
  space: Sample[]
  comments: string[]
  columns: Set<number>
  // biome-ignore lint/suspicious/noExplicitAny: JSON
  profiler: any
}

/** What the last upload of a program held, which is all of a short one. */
async function profiled(file: string, env: Record<string, string> = {}): Promise<Arrived> {
  const program = await startProfiled(relative(root, join(folder, file)), {
    uploadPeriodS: 60,
    // The addon that was built in place.
    env: { PREBUILDS_ONLY: '', ...env },
  })
  assert.deepEqual(await program.exited, { code: 0, signal: null })
  await program.end()
  const { event, files } = (await program.uploads[0]?.read()) ?? assert.fail('no upload')
  const pprof = (name: string) => files[name]?.pprof ?? assert.fail(`no ${name}`)
  const { comment, stringTable, location } = Profile.decode(pprof('wall.pprof'))
  return {
    wall: samplesOf(pprof('wall.pprof')),
    space: samplesOf(pprof('space.pprof')),
    // Those of the readers of maps; the bill of the profiler is there too.
    comments: comment
      .map((index) => stringTable.strings[Number(index)] ?? '')
      .filter((text) => text.startsWith('dd:')),
    columns: new Set(location.flatMap(({ line }) => line.map(({ column }) => Number(column)))),
    profiler: event.info.profiler,
  }
}

/** Samples by the places of the program's frames, `file:line function`. */
function places(samples: readonly Sample[], type: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { frames, values } of samples) {
    const own = frames.find(({ file }) => file.startsWith(folder))
    if (!own) continue
    const key = `${relative(folder, own.file)}:${own.line} ${own.name}`
    counts[key] = (counts[key] ?? 0) + (values[type] ?? 0)
  }
  return counts
}
const share = (counts: Record<string, number>, key: string) =>
  (counts[key] ?? 0) / Object.values(counts).reduce((sum, count) => sum + count, 0)
const within = (samples: readonly Sample[], name: string) =>
  samples.filter(({ frames }) => frames.some((frame) => frame.name === name))
const callersOf = (samples: readonly Sample[], name: string) =>
  new Set(
    samples.flatMap(({ frames }) => {
      const caller = frames[frames.findIndex((frame) => frame.name === name) + 1]
      return frames.some((frame) => frame.name === name) && caller
        ? `${relative(folder, caller.file)}:${caller.line} ${caller.name}`
        : []
    }),
  )

test('tsc: the executing line of the TypeScript, in wall.pprof and space.pprof', async () => {
  const { wall, space, comments, profiler } = await profiled('dist/main.js')
  const counts = places(within(wall, 'spinAround'), 'sample')
  const line = lineOf(spin, 'runs')
  assert.ok(share(counts, `src/spin.ts:${line} spinAround`) > 0.9, JSON.stringify(counts))
  assert.ok(callersOf(wall, 'spinAround').has(`src/main.ts:${lineOf(main, 'calls')} callSpin`))
  const bytes = places(space, 'inuse_space')
  assert.ok(share(bytes, 'src/main.ts:4 hoardMemory') > 0.5, JSON.stringify(bytes))
  assert.deepEqual(comments, [])
  assert.equal(profiler.hasMissingSourceMaps, false)
})

test('esbuild, all in one line: the function under its own name, and the line on which it begins', async () => {
  const bundle = readFileSync(join(folder, 'bundle/main.js'), 'utf8')
  assert.ok(!bundle.includes('spinAround'))
  const { wall, space } = await profiled('bundle/main.js')
  const counts = places(within(wall, 'spinAround'), 'sample')
  assert.ok(share(counts, 'src/spin.ts:5 spinAround') > 0.9, JSON.stringify(counts))
  assert.ok(callersOf(wall, 'spinAround').has('src/main.ts:8 callSpin'))
  const bytes = places(space, 'inuse_space')
  assert.ok(share(bytes, 'src/main.ts:4 hoardMemory') > 0.5, JSON.stringify(bytes))
})

test('DD_PROFILING_SOURCE_MAP=false: what runs, and no columns', async () => {
  const { wall, profiler, columns } = await profiled('dist/main.js', { DD_PROFILING_SOURCE_MAP: 'false' })
  const files = new Set(wall.flatMap(({ frames }) => frames.map(({ file }) => relative(folder, file))))
  assert.ok(files.has('dist/spin.js') && !files.has('src/spin.ts'), [...files].join(' '))
  assert.deepEqual(columns, new Set([0]))
  assert.equal(profiler.settings.sourceMap, false)
})

test('a map that is not there: what runs, and the upload says so', async () => {
  rmSync(join(folder, 'dist/spin.js.map'))
  const { wall, comments, profiler } = await profiled('dist/main.js')
  const files = new Set(wall.flatMap(({ frames }) => frames.map(({ file }) => relative(folder, file))))
  assert.ok(files.has('dist/spin.js') && files.has('src/main.ts'), [...files].join(' '))
  assert.deepEqual(comments, ['dd:has-missing-map-files'])
  assert.equal(profiler.hasMissingSourceMaps, true)
})
