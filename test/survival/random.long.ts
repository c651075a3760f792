import { describe, test } from 'node:test'
import { otherLines } from './child'
import { checkRandom } from './random'

// V4 in its long form, with orders that the short one does not try: `npm run test:survival`.

const times = Number(process.env.SURVIVAL_TIMES ?? 10)

for (const line of [undefined, ...otherLines]) {
  const title = line ? `Node ${line}: ` : ''
  describe(`${title}the API called in any order`, { concurrency: 2 }, () => {
    for (let seed = 100; seed < 100 + times; seed++)
      test(`${title}seed ${seed}`, () => checkRandom(seed, 500, line))
  })
}
