import { test } from 'node:test'
import { figures } from '../figures'
import { otherLines } from './child'
import { checkStorm } from './storm'

// STORM_SECONDS=300, on each Node line.
const seconds = Number(process.env.STORM_SECONDS ?? 300)

for (const line of [undefined, ...otherLines])
  test(`${line ? `Node ${line}: ` : ''}workers run out of memory for ${seconds} s`, async () =>
    figures(await checkStorm(seconds, line)))
