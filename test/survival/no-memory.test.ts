import { testAgentWithoutMemory, testWithoutMemory } from './no-memory'

testWithoutMemory(undefined, { first: 1, step: 1, rounds: 15 })
testWithoutMemory(undefined, { first: 16, step: 21, rounds: 25 })
testAgentWithoutMemory(10)
