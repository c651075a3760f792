import assert from 'node:assert/strict'
import { join } from 'node:path'
import { Installation } from '../agent/installation'
import { type Child, runChild } from './child'
import { assertUploaded } from './matrix'

// Applications that are not a file of CommonJS beside a node_modules.

const work = `
  const kept = []
  const cpuMicros = () => process.cpuUsage().user + process.cpuUsage().system
  const end = cpuMicros() + 300_000
  for (let n = 0; n % 100 > 0 || cpuMicros() < end; n++) kept[n % 5000] = { text: String(Math.sqrt(n)) }`

const env = { DD_PROFILING_HEAP_SAMPLING_INTERVAL: '16384' }

/** An application's folder with the package installed. Its programs work, print whether they are profiled, and end. */
export function installApplication() {
  const installation = new Installation({ addon: true })
  installation.write({
    'api.js': `const { start, status } = require('@acme/profiler')
      start()
      ${work}
      console.log(status().running)`,
    'api.mjs': `import { setTimeout as sleep } from 'node:timers/promises'
      import { start, status } from '@acme/profiler'
      start()
      await sleep(10)
      ${work}
      console.log(status().running)`,
    'init.mjs': `import '@acme/profiler/init'
      ${work}
      console.log(true)`,
    'plain.mjs': `${work}
      console.log(true)`,
  })
  return {
    folder: installation.folder,
    path: (name: string) => join(installation.folder, name),
    installation,
  }
}

/** It is profiled, says nothing, and its last upload arrives. */
export async function assertProfiled(child: Child): Promise<void> {
  const outcome = await runChild({ ...child, env: { ...env, ...child.env } })
  const { code, signal, stdout, stderr, leftovers } = outcome
  assert.deepEqual(
    { code, signal, stdout, stderr, leftovers },
    { code: 0, signal: null, stdout: 'true\n', stderr: '', leftovers: [] },
  )
  await assertUploaded(outcome, 'both')
}

/** It runs as it would, is not profiled, and one line says why. */
export async function assertOff(child: Child, why: RegExp): Promise<void> {
  const { code, signal, stdout, stderr, uploads } = await runChild({
    ...child,
    env: { ...env, ...child.env },
  })
  assert.match(stderr, why)
  assert.deepEqual(
    { code, signal, stdout, uploads: uploads.length, lines: stderr.split('\n').length - 1 },
    { code: 0, signal: null, stdout: 'false\n', uploads: 0, lines: 1 },
  )
}
