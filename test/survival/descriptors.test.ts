import { test } from 'node:test'
import { checkDescriptors } from './descriptors'

for (const when of ['before', 'after'] as const)
  test(`no file descriptor left ${when} the first upload`, () => checkDescriptors(when))
