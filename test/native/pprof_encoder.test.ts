import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { figures } from '../figures'
import { atEnd } from '../helpers/at-end'
import { compile, encoder, runProgram, splitBlocks } from './compile'
import {
  difference,
  type Model,
  plainByDecoder,
  plainByPprofFormat,
  plainOfModel,
} from './pprof_encoder_model'

const sources = ['test/native/random_profile.cc', ...encoder]
const seeds = 100

interface Case {
  seed: number
  encoded: Buffer
  model: Model
}

const randomProfiles = (program: string, count: number): Case[] => {
  const { stdout, stderr, end } = runProgram(program, ['1', String(count)])
  assert.deepEqual({ end, stderr }, { end: 0, stderr: '' })
  const blocks = splitBlocks(stdout)
  assert.equal(blocks.length, count * 2)
  return Array.from({ length: count }, (_, i) => ({
    seed: i + 1,
    encoded: blocks[i * 2] as Buffer,
    model: JSON.parse((blocks[i * 2 + 1] as Buffer).toString()) as Model,
  }))
}

test('pprof-format decodes a random profile to what was put in', async (t) => {
  const cases = randomProfiles(await compile('pprof_encoder_twin', sources), seeds)
  for (const { seed, encoded, model } of cases) {
    assert.equal(difference(plainByPprofFormat(encoded), plainOfModel(model)), undefined, `seed ${seed}`)
  }
  const samples = cases.reduce((sum, { model }) => sum + model.samples.length, 0)
  t.diagnostic(`${cases.length} profiles, ${samples} samples compared, 0 differences`)
})

test('our own decoder decodes a random profile to what was put in', async () => {
  const cases = randomProfiles(await compile('pprof_encoder_twin', sources), seeds)
  for (const { seed, encoded, model } of cases) {
    assert.equal(difference(plainByDecoder(encoded), plainOfModel(model)), undefined, `seed ${seed}`)
  }
  figures({ executions: cases.length })
})

test('no memory error and no undefined behaviour, and the same bytes as without a sanitizer', async (t) => {
  const plain = await compile('pprof_encoder_twin', sources)
  const sanitized = await compile('pprof_encoder_twin', sources, 'address,undefined')
  for (const [canary, report] of [
    ['planted-overflow', /insufficient space|heap-buffer-overflow/],
    ['planted-shift', /shift exponent 64 is too large/],
  ] as const) {
    const { stderr, end } = runProgram(sanitized, [canary])
    assert.match(stderr, report)
    assert.notEqual(end, 0)
  }
  const expected = runProgram(plain, ['1', String(seeds)])
  const { stdout, stderr, end } = runProgram(sanitized, ['1', String(seeds)])
  assert.deepEqual({ end, stderr }, { end: 0, stderr: '' })
  assert.ok(stdout.equals(expected.stdout))
  t.diagnostic(`${seeds} profiles under ASAN and UBSAN, 0 reports, 2 of 2 canaries reported`)
})

const hasGo = spawnSync('go', ['version']).status === 0

test('go tool pprof opens a random profile', { skip: hasGo ? false : 'no go' }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-go-'))
  atEnd(t, () => rmSync(folder, { recursive: true }))
  const cases = randomProfiles(await compile('pprof_encoder_twin', sources), 60)
    .filter(({ model }) => model.samples.length > 0)
    .slice(0, 12)
  let opened = 0
  for (const { seed, encoded, model } of cases) {
    const file = join(folder, `${seed}.pprof`)
    writeFileSync(file, encoded)
    const { stdout, stderr, status } = spawnSync('go', ['tool', 'pprof', '-raw', file], {
      maxBuffer: 1 << 28,
    })
    assert.equal(status, 0, `seed ${seed}: ${stderr}`)
    // Go puts equal samples together and leaves out those whose values are all 0.
    const table = stdout.toString().split('\nSamples:\n')[1]?.split('\nLocations\n')[0] ?? ''
    const lines = table.match(/^ *-?\d+[-\d ]*: [\d ]*$/gm)?.length ?? 0
    assert.ok(lines <= model.samples.length, `seed ${seed}: ${lines}`)
    opened += lines
  }
  assert.ok(opened > 0)
  t.diagnostic(`${cases.length} profiles opened, ${opened} samples listed`)
})
