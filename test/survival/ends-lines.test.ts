import { describe, test } from 'node:test'
import { otherLines } from './child'
import { check, keyCells } from './matrix'

describe('a process ends as it would without the agent on the other Node lines', { concurrency: 2 }, () => {
  for (const line of otherLines) {
    for (const { place, end } of keyCells)
      test(`Node ${line}: ${place}, ${end}, both`, () => check(place, end, 'both', { line }))
  }
})
