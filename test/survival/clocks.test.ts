import { test } from 'node:test'
import { figures } from '../figures'
import { checkClocks } from './clocks'

test('the clock is set to another hour, to 1970 and to 2106, and runs fast and slow: uploads go on', async (t) =>
  figures(await checkClocks(t, '20')))
