import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { otherLines, root, runChild } from './child'
import { checkRandom } from './random'

describe('the API called in any order', { concurrency: 2 }, () => {
  for (const seed of [1, 2, 3, 4]) test(`seed ${seed}`, () => checkRandom(seed, 60))
  for (const line of otherLines) test(`Node ${line}: seed 5`, () => checkRandom(5, 60, line))
})

test('stop() leaves nothing on disk while threads that are not sampled go on working', async () => {
  const { code, stdout, stderr, uploads, leftovers } = await runChild({
    file: 'test/fixtures/survival-stop.js',
    args: [root],
  })
  assert.deepEqual(
    { code, stdout, stderr, uploads: uploads.length, leftovers },
    { code: 0, stdout: 'stopped\n', stderr: '', uploads: 1, leftovers: [] },
  )
})
