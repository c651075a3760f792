import { test } from 'node:test'
import { figures } from '../figures'
import { checkStorm } from './storm'

test('workers that run out of memory under wall and heap profile: they end, the process does not', async () =>
  figures(await checkStorm(3)))
