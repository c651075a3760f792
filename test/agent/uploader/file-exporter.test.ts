import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { exportFiles } from '../../../src/agent/uploader/file-exporter'
import { atEnd } from '../../helpers/at-end'
import { startHostileIntake } from '../../helpers/hostile-intake'
import { folder, makeUploader, profileOf } from './harness'

const endMs = Date.parse('2026-11-22T01:02:03.456Z')
const profiles = [
  { type: 'space', bytes: Buffer.from('s') },
  { type: 'wall', bytes: Buffer.from('w') },
]
const names = [
  'event_worker_0_20261122T010203Z.json',
  'space_worker_0_20261122T010203Z.pprof',
  'wall_worker_0_20261122T010203Z.pprof',
]
const files = (dir: string) => readdirSync(dir).sort()

test('names are dd-trace’s', (t) => {
  const dir = folder(t)
  exportFiles(`${dir}/`, endMs, profiles, '{}')
  assert.deepEqual(files(dir), names)
  exportFiles(`${dir}/run1-`, endMs, profiles, '{}')
  assert.deepEqual(files(dir), [...names, ...names.map((name) => `run1-${name}`)].sort())
})

test('a prefix may name folders that are not there, and point upwards: it is the operator’s', (t) => {
  const dir = folder(t)
  exportFiles(join(dir, 'a/b/c/'), endMs, profiles, '{}')
  exportFiles(`${dir}/a/../d/`, endMs, profiles, '{}')
  assert.deepEqual([files(join(dir, 'a/b/c')), files(join(dir, 'd'))], [names, names])
})

test('two intervals in one second are two sets of files', (t) => {
  const dir = folder(t)
  for (let n = 0; n < 3; n++) exportFiles(`${dir}/`, endMs, profiles, String(n))
  assert.equal(files(dir).length, 9)
  assert.equal(readFileSync(join(dir, 'event_worker_0_20261122T010203Z_2.json'), 'utf8'), '2')
})

test('F12 a link in place of a file is neither followed nor replaced', (t) => {
  const dir = folder(t)
  const victim = join(folder(t), 'victim')
  writeFileSync(victim, 'precious')
  symlinkSync(victim, join(dir, 'wall_worker_0_20261122T010203Z.pprof'))
  exportFiles(`${dir}/`, endMs, profiles, '{}')
  assert.equal(readFileSync(victim, 'utf8'), 'precious')
  assert.ok(files(dir).includes('wall_worker_0_20261122T010203Z_1.pprof'))
  assert.ok(!files(dir).includes('space_worker_0_20261122T010203Z.pprof'))
})

test('F12 no room: an error, and no half a file', { skip: process.platform === 'win32' }, (t) => {
  const dir = folder(t)
  const script = join(__dirname, '../../fixtures/export-large-file.ts')
  // The largest file that this child may write is 8 KiB; what happens is what happens on a full disk, with another code.
  const limited = `ulimit -f 8 && exec "${process.execPath}" --import tsx "${script}" "${dir}/"`
  const { stdout, stderr } = spawnSync('bash', ['-c', limited], {
    encoding: 'utf8',
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
  })
  assert.equal(stdout, 'EFBIG', stderr)
  assert.deepEqual(files(dir), [])
})

const faults: [string, (dir: string) => void][] = [
  [
    'ENOTDIR',
    (dir) => {
      rmSync(dir, { recursive: true })
      writeFileSync(dir, '')
    },
  ],
  [
    'EISDIR',
    (dir) => {
      rmSync(dir, { recursive: true })
      symlinkSync('/proc', dir)
    },
  ],
]
if (process.getuid?.() !== 0) faults.push(['EACCES', (dir) => chmodSync(dir, 0o500)])

for (const [name, breakIt] of faults) {
  test(`F12 ${name}: counted, said once, the upload goes out, and the next interval is written`, async (t) => {
    const intake = await startHostileIntake()
    atEnd(t, () => intake.close())
    const dir = join(folder(t), 'profiles')
    mkdirSync(dir)
    const env = { DD_PROFILING_EXPORTERS: 'agent,file', DD_PROFILING_PPROF_PREFIX: `${dir}/` }
    const { uploader, counters, lines } = makeUploader(t, intake.url, { env })
    breakIt(dir)
    for (let n = 0; n < 3; n++) assert.equal(await uploader.flush(), undefined)
    assert.deepEqual(counters.report(), { sent: 3, retried: 0, spooled: 0, dropped: { file_failed: 3 } })
    assert.equal(lines.length, 1)
    assert.ok(
      lines[0]?.startsWith(`profiles cannot be written (DD_PROFILING_PPROF_PREFIX=${dir}/): `),
      lines[0],
    )
    rmSync(dir, { recursive: true, force: true })
    assert.equal(await uploader.flush(), undefined)
    assert.equal(files(dir).length, 3)
  })
}

test('files only: nothing is sent, and the files are those of an upload', async (t) => {
  const dir = folder(t)
  const intake = await startHostileIntake()
  atEnd(t, () => intake.close())
  const env = { DD_PROFILING_EXPORTERS: 'file', DD_PROFILING_PPROF_PREFIX: `${dir}/` }
  const { uploader } = makeUploader(t, intake.url, { env })
  assert.equal(await uploader.flush(), undefined)
  assert.equal(intake.connections, 0)
  const [event = '', space = '', wall = ''] = files(dir)
  assert.equal(JSON.parse(readFileSync(join(dir, event), 'utf8')).family, 'node')
  assert.deepEqual(gunzipSync(readFileSync(join(dir, space))), profileOf('space profile'))
  assert.deepEqual(gunzipSync(readFileSync(join(dir, wall))), profileOf('wall profile'))
})
