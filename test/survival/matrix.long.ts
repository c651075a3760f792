import { describe, test } from 'node:test'
import { otherLines } from './child'
import { cells, check, type Profilers, profilers } from './matrix'

// The matrix as often as it takes to see what happens once in a hundred times: `npm run test:survival`.

const times = Number(process.env.SURVIVAL_TIMES ?? 10)

for (const line of [undefined, ...otherLines]) {
  const title = line ? `Node ${line}: ` : ''
  describe(`${title}every end, ${times} times`, { concurrency: 2 }, () => {
    for (const kind of Object.keys(profilers) as Profilers[]) {
      for (const { place, end } of cells) {
        test(`${title}${place}, ${end}, ${kind}`, async () => {
          for (let n = 0; n < times; n++) await check(place, end, kind, { line })
        })
      }
    }
  })
}
