import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { figures } from '../figures'
import { atEnd } from '../helpers/at-end'
import { compile, encoder, root, runProgram, splitBlocks } from './compile'
import { difference, type Model, plainByPprofFormat, plainOfModel } from './pprof_encoder_model'

const sources = ['test/native/random_profile.cc', ...encoder]
const fuzzSeconds = 30 * 60
const batches = 200
const batchSeeds = 100

test(`${batches * batchSeeds} random profiles, under ASAN and UBSAN, decode to what was put in`, async () => {
  const program = await compile('pprof_encoder_twin', sources, 'address,undefined')
  for (let batch = 0; batch < batches; batch++) {
    const first = 1_000_000 + batch * batchSeeds
    const { stdout, stderr, end } = runProgram(program, [String(first), String(batchSeeds)])
    assert.deepEqual({ end, stderr }, { end: 0, stderr: '' })
    const blocks = splitBlocks(stdout)
    for (let i = 0; i < batchSeeds; i++) {
      const model = JSON.parse((blocks[i * 2 + 1] as Buffer).toString()) as Model
      const found = difference(plainByPprofFormat(blocks[i * 2] as Buffer), plainOfModel(model))
      assert.equal(found, undefined, `seed ${first + i}`)
    }
  }
  figures({ executions: batches * batchSeeds })
})

const hasFuzzer = spawnSync('clang++', ['--version']).status === 0

test('libFuzzer finds nothing', { skip: hasFuzzer ? false : 'no clang++' }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-fuzz-'))
  atEnd(t, () => rmSync(folder, { recursive: true }))
  const program = join(folder, 'fuzz')
  const flags = [
    '-std=c++17',
    '-O1',
    '-g',
    '-fsanitize=fuzzer,address,undefined',
    '-fno-sanitize-recover=all',
  ]
  const files = ['test/native/pprof_encoder_fuzz.cc', ...sources]
  const compiled = spawnSync('clang++', [...flags, ...files, '-o', program], { cwd: root })
  assert.equal(compiled.status, 0, compiled.stderr.toString())
  const { stderr, status } = spawnSync(program, [`-max_total_time=${fuzzSeconds}`, '-timeout=60'], {
    cwd: folder,
    maxBuffer: 1 << 28,
  })
  assert.equal(status, 0, stderr.toString().slice(-4000))
  figures({ executions: Number(/Done (\d+) runs/.exec(stderr.toString())?.[1]) })
})
