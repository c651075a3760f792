import { describe, test } from 'node:test'
import { otherLines } from './child'
import { cells, check, type Profilers, profilers } from './matrix'

// V1: every way in which a thread or the process can end.

describe('a process ends as it would without the agent, and its last upload arrives', {
  concurrency: 2,
}, () => {
  for (const kind of Object.keys(profilers) as Profilers[]) {
    for (const { place, end } of cells) test(`${place}, ${end}, ${kind}`, () => check(place, end, kind))
  }
  for (const line of otherLines) {
    for (const { place, end } of cells)
      test(`Node ${line}: ${place}, ${end}, both`, () => check(place, end, 'both', { line }))
  }
})
