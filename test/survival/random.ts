import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, runChild } from './child'

/** V4: `operations` calls of the API in an order that the seed decides, at 1 to 10 kHz; every call comes to an end, and no upload is lost. */
export async function checkRandom(seed: number, operations: number, line?: string): Promise<void> {
  const { code, signal, stdout, stderr, uploads, folder, leftovers } = await runChild({
    file: 'test/fixtures/survival-random.js',
    args: [root, String(seed), String(operations)],
    env: { ACME_PROFILING_SAMPLING_HZ: String(1_000 + ((seed * 3_333) % 9_001)) },
    agent: seed % 2 === 0 ? root : undefined,
    line,
  })
  assert.deepEqual(
    { code, signal, stdout, stderr },
    { code: 0, signal: null, stdout: 'all ended\n', stderr: '' },
  )
  // Of three flushes at once, one waits, and one that a slow machine has no time for goes to the disk, whole.
  assert.deepEqual(
    leftovers.filter((name) => !name.endsWith('.upload')),
    [],
  )
  const arrived = await Promise.all(
    uploads.map(async (upload) => JSON.stringify((await upload.read()).event)),
  )
  const kept = leftovers.map((name) => readFileSync(join(folder, name), 'latin1'))
  assert.deepEqual(missing([...arrived, ...kept]), [])
}

/** What is not among `events` of the uploads between a start and its stop, by their numbers, or is counted as dropped. */
function missing(events: readonly string[]): string[] {
  const sequences = new Map<string, Set<number>>()
  for (const event of events) {
    const start = find(/"start_time":"([^"]+)"/, event)
    const ofStart = sequences.get(start) ?? new Set()
    sequences.set(start, ofStart.add(Number(find(/profile_seq:(\d+)/, event))))
    assert.equal(find(/"dropped":(\{[^}]*\})/, event), '{}')
  }
  return [...sequences].flatMap(([start, numbers]) =>
    Array.from({ length: Math.max(...numbers) }, (_, number) => number)
      .filter((number) => !numbers.has(number))
      .map((number) => `${start} ${number}`),
  )
}

const find = (pattern: RegExp, text: string) => pattern.exec(text)?.[1] ?? assert.fail(`no ${pattern}`)
