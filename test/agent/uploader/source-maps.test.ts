import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { buildSync } from 'esbuild'
import ts from 'typescript'
import { SourceMaps } from '../../../src/agent/uploader/source-maps/source-maps'
import type { Place } from '../../../src/agent/uploader/source-maps/translate'

const root = join(__dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-source-maps-'))
after(() => rmSync(folder, { recursive: true }))

const megabyte = 1024 * 1024
const fresh = (budget = 64 * megabyte) => {
  const maps = new SourceMaps()
  maps.budget = budget
  return maps
}
const line = (number: number, name = 'f'): Place => ({ line: number, column: 0, name })
const write = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const script = (name: string, url: string) => write(name, `function f(){}\n//# sourceMappingURL=${url}\n`)

const typescript = `// a comment
enum Color { Red, Green }
interface Shape { size: number }

export class Circle implements Shape {
  constructor(readonly size: number) {}

  async area(): Promise<number> {
    const { size = Color.Green } = this
    return size ** 2
  }
}
export const twice = (n: number) => n * 2
`

test('each line of what tsc prints, as Node itself reads the map', () => {
  const { outputText, sourceMapText = '' } = ts.transpileModule(typescript, {
    fileName: 'circle.ts',
    compilerOptions: { sourceMap: true, target: ts.ScriptTarget.ES2017, module: ts.ModuleKind.CommonJS },
  })
  const path = write('circle.js', outputText)
  write('circle.js.map', sourceMapText)
  const oracle = new SourceMap(JSON.parse(sourceMapText))
  const lines = outputText.split('\n')
  const { originals } = fresh().translate(
    path,
    lines.map((_, i) => line(i + 1)),
  )
  const expected = lines.map((text, i) => {
    const entry = [...text, '']
      .map((_, column) => oracle.findEntry(i, column))
      .find((entry) => 'generatedLine' in entry && entry.generatedLine === i)
    return entry && 'originalLine' in entry
      ? { file: join(folder, 'circle.ts'), line: entry.originalLine + 1, column: 0, name: 'f' }
      : undefined
  })
  assert.ok(expected.filter((original) => original !== undefined).length > 8)
  assert.deepEqual(originals, expected)
})

/** Functions of a script whose name stands right before their parameters. */
function functionsOf(text: string): Place[] {
  return text.split('\n').flatMap((text, i) =>
    [...text.matchAll(/\bfunction ([\w$]+)(?=\()/g)].map(({ index, 0: head, 1: name = '' }) => ({
      line: i + 1,
      column: index + head.length + 1,
      name,
    })),
  )
}

for (const sourcemap of ['linked', 'inline'] as const) {
  test(`every function of a real library in one line, its map ${sourcemap}, as Node itself reads the map`, (t) => {
    const path = join(folder, `fastify-${sourcemap}.js`)
    buildSync({
      entryPoints: [join(root, 'node_modules/fastify/fastify.js')],
      ...{ bundle: true, minify: true, platform: 'node', sourcemap, outfile: path, sourcesContent: true },
    })
    const text = readFileSync(path, 'utf8')
    const json =
      sourcemap === 'linked'
        ? readFileSync(`${path}.map`, 'utf8')
        : Buffer.from(/base64,(\S+)/.exec(text)?.[1] ?? '', 'base64').toString()
    const map = JSON.parse(json) as SourceMapPayload
    const oracle = new SourceMap(map)
    const places = functionsOf(text.slice(0, text.lastIndexOf('//# sourceMappingURL')))
    assert.ok(places.length > 500, `${places.length} functions`)
    const { originals, isMapMissing } = fresh().translate(path, places)
    assert.equal(isMapMissing, false)
    let renamed = 0
    places.forEach((place, i) => {
      const entry = oracle.findEntry(place.line - 1, place.column - 1)
      if (!('originalSource' in entry) || entry.generatedLine !== place.line - 1) return
      // Node gives the name of the identifier that the mapping begins with: here it is the function's own.
      const name =
        entry.generatedColumn === place.column - 1 - place.name.length
          ? (entry as { name?: string }).name
          : undefined
      const file = resolve(dirname(path), entry.originalSource)
      const expected = { file, line: entry.originalLine + 1, column: 0, name: name ?? place.name }
      assert.deepEqual(originals[i], expected, JSON.stringify(place))
      if (expected.name !== place.name) renamed++
    })
    assert.ok(renamed > 100)
    t.diagnostic(
      `${places.length} functions, ${renamed} of them renamed back; ${text.length} bytes in a few lines`,
    )
  })
}

test('names: a parameter is not taken for its function, what stands before a name stays', () => {
  write('names.ts', '')
  const source = `var long=item=>item*2,bag={get size(){return 1},run:function inner(){}};globalThis.x=[long,bag,async first=>first]`
  const { code, map } = buildNames(source)
  const path = write('names.js', code)
  write('names.js.map', map)
  const at = (text: string) => code.indexOf(text) + text.length + 1
  const assigned = /(\w+)=(?=\w+=>)/.exec(code)
  assert.ok(assigned)
  const places = [
    { line: 1, column: assigned.index + assigned[0].length + 1, name: assigned[1] ?? '' },
    { line: 1, column: at('get size'), name: 'get size' },
    { line: 1, column: code.indexOf('async ') + 1, name: '(anonymous)' },
  ]
  const names = fresh()
    .translate(path, places)
    .originals.map((original) => original?.name)
  assert.deepEqual(names, ['long', 'get size', '(anonymous)'])
})

function buildNames(contents: string) {
  const { outputFiles } = buildSync({
    stdin: { contents, sourcefile: 'names.ts', resolveDir: folder },
    ...{ minify: true, bundle: true, sourcemap: 'linked', outfile: join(folder, 'names.js'), write: false },
  })
  const text = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? ''
  return { code: text('.js'), map: text('.map') }
}

test('a line that holds several sources says nothing without the column of a function', () => {
  const mappings = 'AAAA,IACA,ICAA'
  write('several.map', JSON.stringify({ version: 3, sources: ['a.ts', 'b.ts'], names: [], mappings }))
  const path = write('several.js', 'aa;(b);(()=>{})\n//# sourceMappingURL=several.map')
  const places = [line(1), { line: 1, column: 9, name: 'f' }, { line: 1, column: 1, name: '(anonymous)' }]
  const { originals } = fresh().translate(path, places)
  assert.deepEqual(originals, [
    undefined,
    { file: join(folder, 'b.ts'), line: 2, column: 0, name: 'f' },
    undefined,
  ])
})

test('sections, sourceRoot, schemes, a guard before the JSON', () => {
  const section = (source: string, sourceRoot?: string) => ({
    ...{ version: 3, sources: [source], names: [], mappings: 'AAAA;AACA' },
    ...(sourceRoot === undefined ? {} : { sourceRoot }),
  })
  const map = {
    version: 3,
    sections: [
      { offset: { line: 0, column: 0 }, map: section('a.ts', 'lib/') },
      { map: section('webpack://app/./b.ts'), offset: { line: 2, column: 0 } },
      { offset: { line: 4, column: 0 }, map: section('file:///srv/c%20d.ts') },
    ],
  }
  write('sections.map', `)]}'\n${JSON.stringify(map)}`)
  const path = write('sections.js', `${'x\n'.repeat(6)}//# sourceMappingURL=sections.map?v=1`)
  const { originals } = fresh().translate(
    path,
    [1, 2, 3, 4, 5, 6, 7].map((number) => line(number)),
  )
  const places = originals.map((original) => original && `${original.file}:${original.line}`)
  const own = join(folder, 'lib/a.ts')
  assert.deepEqual(places, [
    ...[`${own}:1`, `${own}:2`, 'webpack://app/./b.ts:1', 'webpack://app/./b.ts:2'],
    ...['/srv/c d.ts:1', '/srv/c d.ts:2', undefined],
  ])
})

test('only a comment at the end of a script counts', () => {
  write('end.map', JSON.stringify({ version: 3, sources: ['a.ts'], names: [], mappings: 'AAAA' }))
  const comment = '//# sourceMappingURL=end.map'
  const cases: [text: string, isFound: boolean][] = [
    [`f()\n${comment}`, true],
    [`f()\r\n${comment}\r\n\r\n`, true],
    [`f()\n//@ sourceMappingURL=end.map\n// built today\n`, true],
    [`${comment}\nf()\n`, false],
    [`f("\\n${comment}")`, false],
    [`f()\n//# sourceMappingURL=\n`, false],
    [`${'a'.repeat(70_000)}\n${comment}`, true],
    ['a'.repeat(200_000), false],
    ['', false],
  ]
  for (const [i, [text, isFound]] of cases.entries()) {
    const { originals } = fresh().translate(write(`end-${i}.js`, text), [line(1)])
    assert.equal(originals[0] !== undefined, isFound, JSON.stringify(text.slice(0, 80)))
  }
})

test('a map that is not there is missing, until it is', () => {
  const maps = fresh()
  const path = script('late.js', 'late.js.map')
  assert.deepEqual(maps.translate(path, [line(1)]), { originals: [], isMapMissing: true })
  const map = (source: string) =>
    JSON.stringify({ version: 3, sources: [source], names: [], mappings: 'AAAA' })
  write('late.js.map', map('late.ts'))
  assert.equal(maps.translate(path, [line(1)]).originals[0]?.file, join(folder, 'late.ts'))
  write('late.js.map', map('other.ts'))
  utimesSync(join(folder, 'late.js.map'), 1, 1)
  assert.equal(maps.translate(path, [line(1)]).originals[0]?.file, join(folder, 'other.ts'))
  for (const url of [
    'https://example.com/a.map',
    '//example.com/a.map',
    'data:text/plain,a',
    'file://host/a',
    '%ff',
  ])
    assert.equal(fresh().translate(script('away.js', url), [line(1)]).isMapMissing, true, url)
})

test('no more is read than the budget allows, the rest later; answers are read once', () => {
  write('budget.map', JSON.stringify({ version: 3, sources: ['a.ts'], names: [], mappings: 'AAAA' }))
  const path = script('budget.js', 'budget.map')
  const maps = fresh(10)
  assert.deepEqual(maps.translate(path, [line(1)]), { originals: [undefined], isMapMissing: false })
  maps.budget = 1_000
  assert.equal(maps.translate(path, [line(1)]).originals[0]?.line, 1)
  maps.budget = 0
  assert.equal(maps.translate(path, [line(1)]).originals[0]?.line, 1)
})

const head = '{"version":3,"sources":["a.ts"],"names":["n"],"mappings":'
const hostile: [what: string, map: string | Uint8Array][] = [
  ['nothing', ''],
  ['another type', '[1]'],
  ['JSON that ends early', `${head}"AAAA`],
  ['deep nesting', `{"x":${'['.repeat(100_000)}`],
  ['nested sections', `{"sections":${'[{"offset":{},"map":{"sections":'.repeat(1_000)}`],
  [
    'more sections than any map has',
    `{"sections":[${'{"offset":{"line":0,"column":0},"map":{}},'.repeat(20_000)}{}]}`,
  ],
  ['mappings of another type', `${head}{"a":[1,"]"]}}`],
  ['mappings of other characters', `${head}"A A\\u0041A"}`],
  ['a number without end', `${head}"${'g'.repeat(1_000)}"}`],
  ['negative numbers', `${head}"DDDDD,DDDDD;DDDD"}`],
  ['sources that do not exist', `${head}"A8kgDAA"}`],
  ['a source of another type', '{"sources":[null,{"a":[]},3],"mappings":"AAAA"}'],
  [
    'bytes that are not UTF-8',
    Buffer.concat([
      Buffer.from('{"sources":["'),
      Buffer.alloc(999, 0xff),
      Buffer.from('"],"mappings":"AAAA"}'),
    ]),
  ],
  ['a path of ../ and NUL', `{"sources":["${'../'.repeat(99)}etc/passwd\\u0000"],"mappings":"AAAA"}`],
  ['a key named __proto__', '{"__proto__":{"sources":["a"]},"sources":["a.ts"],"mappings":"AAAA"}'],
  [
    '20 MB of sources in it',
    `{"sources":["a.ts"],"sourcesContent":["${'\\"'.repeat(10 * megabyte)}"],"mappings":"AAAA"}`,
  ],
  ['3 million mappings in one line', `${head}"${'CAAAA,'.repeat(3_000_000)}C"}`],
  ['3 million lines', `${head}"${';'.repeat(3_000_000)}"}`],
  ['3 million names', `{"names":[${'"n",'.repeat(3_000_000)}"n"],"sources":["a.ts"],"mappings":"AAAAA"}`],
  ['3 million sources', `{"sources":[${'"s",'.repeat(3_000_000)}"s"],"mappings":"AAAA"}`],
]
for (const [what, map] of hostile) {
  test(`a map of ${what}`, () => {
    write('hostile.map', map)
    const path = script('hostile.js', 'hostile.map')
    const places = [line(1), { line: 1, column: 11, name: 'f' }, line(2), line(2 ** 31)]
    for (const original of fresh().translate(path, places).originals) {
      if (original) assert.ok(original.line > 0 && original.line < 2 ** 31 && original.file.startsWith('/'))
    }
  })
}

test('what is no regular file is not read', () => {
  const fifo = join(folder, 'fifo')
  execFileSync('mkfifo', [fifo])
  symlinkSync('/dev/zero', join(folder, 'zero'))
  symlinkSync(join(folder, 'loop'), join(folder, 'loop'))
  for (const name of ['fifo', 'zero', 'loop', '.', 'none', 'a\0b']) {
    const nothing = { originals: [], isMapMissing: false }
    assert.deepEqual(fresh().translate(join(folder, name), [line(1)]), nothing, name)
    const { isMapMissing } = fresh().translate(script('irregular.js', encodeURIComponent(name)), [line(1)])
    assert.equal(isMapMissing, true, name)
  }
})

test('a map of more than 32 MiB is not read', () => {
  const map = `{"sources":["a.ts"],"mappings":"AAAA"}${' '.repeat(32 * megabyte)}`
  write('large.map', map)
  assert.equal(fresh().translate(script('large.js', 'large.map'), [line(1)]).isMapMissing, true)
})
