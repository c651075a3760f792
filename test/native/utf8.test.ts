import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, joinBlocks, runProgram, splitBlocks } from './compile'
import { toValidUtf8 } from './pprof_encoder_model'

/** Both sides of every border in the definition of well-formed UTF-8 (Unicode 15, table 3-7). */
const borders = [
  0x00, 0x01, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
  0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
]

const sequences = function* (length: number): Generator<number[]> {
  if (length === 0) yield []
  else for (const head of sequences(length - 1)) for (const byte of borders) yield [...head, byte]
}

const compare = (program: string, texts: Buffer[], maxBytes: number) => {
  const { stdout, stderr, end } = runProgram(program, [String(maxBytes)], joinBlocks(texts))
  assert.deepEqual({ end, stderr }, { end: 0, stderr: '' })
  const valid = splitBlocks(stdout)
  assert.equal(valid.length, texts.length)
  texts.forEach((text, i) => {
    const expected = toValidUtf8(text, maxBytes)
    if (valid[i]?.toString('hex') !== Buffer.from(expected).toString('hex')) {
      assert.fail(
        `${text.toString('hex')} gives ${valid[i]?.toString('hex')}, not ${Buffer.from(expected).toString('hex')}`,
      )
    }
  })
  return texts.length
}

test('text is made valid as TextDecoder makes it, whole or cut', async (t) => {
  const program = await compile('utf8_twin', [])
  let compared = 0
  for (const length of [0, 1, 2, 3]) {
    const texts = Array.from(sequences(length), (bytes) => Buffer.from(bytes))
    for (const maxBytes of [0, 1, 2, 3, 4, 100]) compared += compare(program, texts, maxBytes)
  }
  // Four bytes, with one before and one after.
  const four = Array.from(sequences(4), (bytes) => Buffer.from(bytes)).filter(
    (bytes) => (bytes[0] ?? 0) >= 0xe0,
  )
  compared += compare(program, four, 100)
  t.diagnostic(`${compared} texts compared, 0 differences`)
})

test('no byte is read past the end of a text', async (t) => {
  const program = await compile('utf8_twin', [], 'address,undefined')
  assert.match(runProgram(program, ['planted-overflow']).stderr, /insufficient space|heap-buffer-overflow/)
  const texts = [1, 2, 3].flatMap((length) => Array.from(sequences(length), (bytes) => Buffer.from(bytes)))
  const compared = compare(program, texts, 100)
  t.diagnostic(`${compared} texts under ASAN and UBSAN, 0 reports, the canary reported`)
})
