import { describe, test } from 'node:test'
import { cells, check, keyCells } from './matrix'

// V1: every way in which a thread or the process can end.

describe('a process ends as it would without the agent, and its last upload arrives', {
  concurrency: 2,
}, () => {
  for (const { place, end } of cells) test(`${place}, ${end}, both`, () => check(place, end, 'both'))
  for (const kind of ['wall', 'heap'] as const) {
    for (const { place, end } of keyCells) test(`${place}, ${end}, ${kind}`, () => check(place, end, kind))
  }
})
