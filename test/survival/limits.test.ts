import assert from 'node:assert/strict'
import { test } from 'node:test'
import { samplesOf } from '../accuracy/samples'
import { otherLines, root, runChild } from './child'

// The bounds of pprof_encoder.h, and room for as many samples as a busy second has.
const maxStringBytes = 64 * 1024
const maxFrames = 1_000
const maxProfileBytes = 8 * 2 ** 20

for (const line of [undefined, ...otherLines])
  test(`${line ? `Node ${line}: ` : ''}10,000 functions, 2,000 frames, 100,000 labels, names of 1 MiB: whole profiles, within bounds`, async () => {
    const outcome = await runChild({ file: 'test/fixtures/survival-limits.js', agent: root, line })
    assert.deepEqual([outcome.code, outcome.signal, outcome.stderr], [4, null, ''])
    assert.ok(outcome.uploads.length > 0)
    const seen = new Set<string>()
    for (const upload of outcome.uploads) {
      const { files } = await upload.read()
      for (const { pprof } of Object.values(files)) {
        assert.ok(pprof.length <= maxProfileBytes, `${pprof.length} bytes`)
        for (const { frames, labels } of samplesOf(pprof)) {
          assert.ok(frames.length <= maxFrames)
          for (const { name } of frames) {
            assert.ok(Buffer.byteLength(name) <= maxStringBytes)
            assert.ok(!name.includes('\0'), JSON.stringify(name))
            seen.add(name)
          }
          for (const value of Object.values(labels)) assert.ok(String(value).length <= maxStringBytes)
        }
      }
    }
    for (const name of ['deep', 'manyFunctions', '</script>', '__proto__'])
      assert.ok(seen.has(name), `no frame ${name}`)
  })
