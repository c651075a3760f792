import { test } from 'node:test'
import { otherLines } from './child'
import { checkNames } from './names'

for (const line of otherLines)
  test(`Node ${line}: a name that does not exist, a name server that does not answer, an address that changes`, (t) =>
    checkNames(t, line))
