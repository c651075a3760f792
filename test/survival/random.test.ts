import { describe, test } from 'node:test'
import { otherLines } from './child'
import { checkRandom } from './random'

describe('the API called in any order', { concurrency: 2 }, () => {
  for (const seed of [1, 2, 3, 4]) test(`seed ${seed}`, () => checkRandom(seed, 60))
  for (const line of otherLines) test(`Node ${line}: seed 5`, () => checkRandom(5, 60, line))
})
