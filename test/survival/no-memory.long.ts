import { otherLines } from './child'
import { testWithoutMemory } from './no-memory'

testWithoutMemory(undefined, { first: 1, step: 1, rounds: 500 })
testWithoutMemory(undefined, { first: 501, step: 4, rounds: 80 })
for (const line of otherLines) testWithoutMemory(line, { first: 1, step: 3, rounds: 170 })
