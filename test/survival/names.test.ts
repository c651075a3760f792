import { test } from 'node:test'
import { checkNames } from './names'

test('a name that does not exist, a name server that does not answer, an address that changes', (t) =>
  checkNames(t))
