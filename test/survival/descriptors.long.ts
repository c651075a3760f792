import { test } from 'node:test'
import { otherLines } from './child'
import { checkDescriptors } from './descriptors'

for (const line of otherLines)
  for (const when of ['before', 'after'] as const)
    test(`Node ${line}: no file descriptor left ${when} the first upload`, () => checkDescriptors(when, line))
