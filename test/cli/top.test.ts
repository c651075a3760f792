import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { realProfiles } from '../pprof/real-profiles'
import { smallProfile } from '../pprof/small-profile'
import { block, num, packed, text } from '../pprof/wire'
import { command, directory, nodeOfLine } from './command'

const small = (replaced: Parameters<typeof smallProfile>[0] = {}) => Uint8Array.from(smallProfile(replaced))

/** Another kind: `inuse_space` in bytes. */
const space = Uint8Array.from(
  [
    ...['', 'inuse_space', 'bytes', 'allocate', 'heap.js'].map((name) => text(6, name)),
    block(1, num(1, 1), num(2, 2)),
    block(2, packed(1, 1), packed(2, 3 * 2 ** 20)),
    block(4, num(1, 1), block(4, num(1, 1), num(2, 12))),
    block(5, num(1, 1), num(2, 3), num(4, 4)),
  ].flat(),
)

/** An upload as the intake stores it. */
function storeUpload(
  path: string,
  service: string,
  start: string,
  end: string,
  files: Record<string, Uint8Array>,
) {
  mkdirSync(path, { recursive: true })
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(path, name), bytes)
  const event = {
    attachments: Object.keys(files),
    start,
    end,
    family: 'node',
    version: '4',
    tags_profiler: `service:${service},env:prod`,
    endpoint_counts: {},
  }
  writeFileSync(join(path, 'event.json'), JSON.stringify(event))
}

function storeTwoUploads(path: string): void {
  const files = { 'wall.pprof': gzipSync(small()), 'space.pprof': gzipSync(space) }
  storeUpload(
    join(path, '2026-11-22/shop-1'),
    'shop',
    '2026-11-22T10:00:00.000Z',
    '2026-11-22T10:01:00.000Z',
    files,
  )
  storeUpload(
    join(path, '2026-11-22/shop-2'),
    'shop',
    '2026-11-22T10:01:00.000Z',
    '2026-11-22T10:02:00.000Z',
    files,
  )
}

test('a file: heading and table', async (t) => {
  const file = join(directory(t), 'small.pprof')
  writeFileSync(file, small())
  const { code, stdout, stderr } = await command(['top', file])
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  assert.deepEqual(stdout.split('\n'), [
    `${file}, 1 profile`,
    'cpu: 10 nanoseconds in 1 sample',
    '',
    '          flat   flat%             cum    cum%  function  file:line',
    '10 nanoseconds  100.0%  10 nanoseconds  100.0%  main      app.js:7',
    ' 0 nanoseconds    0.0%  10 nanoseconds  100.0%  value     :20',
    '',
  ])
})

test('a directory of stored uploads: the sum of one kind, service and interval', async (t) => {
  const path = directory(t)
  storeTwoUploads(path)
  const cpu = await command(['top', path])
  assert.match(
    cpu.stdout,
    /^shop, 2026-11-22T10:00:00.000Z to 2026-11-22T10:02:00.000Z, 2 profiles\ncpu: 20 nanosec/,
  )
  const heap = await command(['top', path, '--type', 'inuse_space', '--by', 'line'])
  assert.match(heap.stdout, /inuse_space: 6.000 MiB in 1 sample/)
  assert.match(heap.stdout, /6.000 MiB {2}100.0% {2}allocate {2}heap.js:12/)
  assert.deepEqual([cpu.stderr, heap.stderr], ['', ''])
})

test('--json has everything', async (t) => {
  const path = directory(t)
  storeTwoUploads(path)
  const { stdout } = await command(['top', path, '--json', '--by', 'label', 'key', '--limit', '1'])
  assert.deepEqual(JSON.parse(stdout), {
    service: 'shop',
    start: '2026-11-22T10:00:00.000Z',
    end: '2026-11-22T10:02:00.000Z',
    files: 2,
    type: 'cpu',
    unit: 'nanoseconds',
    total: 20,
    samples: 1,
    by: 'label:key',
    rows: [{ name: 'value', file: '', line: 0, flat: 20, cum: 20 }],
  })
})

test('real profiles of @datadog/pprof, raw and gzip, by every key', async (t) => {
  const path = directory(t)
  for (const { name, bytes } of realProfiles()) writeFileSync(join(path, `${name}.pb.gz`), gzipSync(bytes))
  const byEndpoint = await command(['top', path, '--by', 'endpoint'])
  assert.match(byEndpoint.stdout, /wall: [\d.]+ ms in \d+ samples/)
  assert.match(byEndpoint.stdout, /% {2}GET \/0\n/)
  const heap = await command(['top', path, '--type', 'inuse_space', '--by', 'function'])
  assert.match(heap.stdout, /real-profiles.ts:\d+/)
})

test('zstd where this Node.js has it, one clear line where not', async (t) => {
  const file = join(directory(t), 'small.pprof.zst')
  const bytes = small()
  assert.ok(bytes.length < 256)
  // One segment of that size in one byte, of one raw block, which is the last.
  const blockHeader = bytes.length * 8 + 1
  const frame = [0x28, 0xb5, 0x2f, 0xfd, 0x20, bytes.length, blockHeader % 256, blockHeader >> 8, 0]
  writeFileSync(file, Uint8Array.from([...frame, ...bytes]))
  const newer = await command(['top', file], nodeOfLine(22))
  assert.match(newer.stdout, /cpu: 10 nanoseconds/)
  if (Number(process.versions.node.split('.')[0]) >= 22) return
  const { code, stderr } = await command(['top', file])
  assert.equal(code, 2)
  assert.match(
    stderr,
    /^acme-profiler: .*small.pprof.zst: compressed with zstd, which Node.js v20.* cannot read; .*\n$/,
  )
})

test('what cannot be done is said in one line, with exit code 2', async (t) => {
  const path = directory(t)
  const file = join(path, 'small.pprof')
  const broken = join(path, 'broken', 'broken.pprof')
  mkdirSync(join(path, 'broken'))
  writeFileSync(file, small())
  writeFileSync(broken, '{"nodes":[]}')
  const empty = join(path, 'empty')
  mkdirSync(empty)
  const truncated = join(path, 'truncated.gz')
  writeFileSync(truncated, gzipSync(small()).subarray(0, 50))
  const wrong: [args: string[], message: RegExp][] = [
    [[], /expected/],
    [['top'], /expected: top/],
    [['bottom', file], /expected one of ls, top/],
    [['top', file, file], /expected: top/],
    [['top', join(path, 'none')], /none does not exist/],
    [['top', broken], /broken.pprof: .* wire type/],
    [['top', truncated], /truncated.gz: unexpected end of file/],
    [['top', empty], /empty has no profile/],
    [['top', file, '--type', 'wall'], /has no sample type wall; it has cpu$/],
    [['top', path, '--type', 'wall'], /has no sample type wall; it has cpu$/],
    [['top', file, '--limit', 'all'], /--limit is all; /],
    [['top', file, '--by', 'color'], /--by is color; /],
    [['top', file, '--by', 'label'], /--by is label:?; /],
    [['top', file, '--colour'], /Unknown option '--colour'/],
  ]
  const ends = await Promise.all(wrong.map(([args]) => command(args)))
  for (const [i, { code, stdout, stderr }] of ends.entries()) {
    const [args, message] = wrong[i] as (typeof wrong)[number]
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' }, args.join(' '))
    const last = stderr.trimEnd().split('\n').at(-1) ?? ''
    assert.match(last, /^acme-profiler: /)
    assert.match(last, message)
    assert.equal(stderr.trimEnd().split('\n').length, args[1] === path ? 2 : 1, stderr)
  }
})

test('a file of a directory that cannot be read is named and left out', async (t) => {
  const path = directory(t)
  writeFileSync(join(path, 'a.pprof'), small())
  writeFileSync(join(path, 'b.pprof'), 'no profile')
  const { code, stdout, stderr } = await command(['top', path])
  assert.equal(code, 0)
  assert.match(stdout, /1 profile\ncpu: 10 /)
  assert.match(stderr, /^acme-profiler: .*b.pprof: .*; left out\n$/)
})

test('names cannot command the terminal', async (t) => {
  const file = join(directory(t), 'evil.pprof')
  const evil = '\u001b]0;owned\u0007'
  const fields = [
    ...['', evil, evil].map((name) => text(6, name)),
    block(1, num(1, 1), num(2, 2)),
    block(2, packed(1, 1), packed(2, 1)),
    block(4, num(1, 1), block(4, num(1, 1))),
    block(5, num(1, 1), num(2, 1), num(4, 1)),
  ]
  writeFileSync(file, Uint8Array.from(fields.flat()))
  const all = await Promise.all([command(['top', file]), command(['top', file, '--type', 'x'])])
  for (const { stdout, stderr } of all) assert.doesNotMatch(stdout + stderr, /(?!\n)\p{Cc}/u)
})

test('a pipe closed early is no error', async (t) => {
  const file = join(directory(t), 'small.pprof')
  writeFileSync(file, small())
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli.ts', 'top', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: join(__dirname, '..', '..'),
  })
  child.stdout.destroy()
  let stderr = ''
  child.stderr.on('data', (data) => (stderr += data))
  await new Promise((resolve) => child.on('close', resolve))
  assert.equal(stderr, '')
})

test('--help shows the options', async () => {
  const { code, stdout } = await command(['--help'])
  assert.equal(code, 0)
  assert.match(stdout, /^Usage: acme-profiler .* top .*--type.*--by.*--limit.*--json/s)
})
