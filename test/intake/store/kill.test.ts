import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { tempDir } from '../helpers'
import { storeFor } from './stores'

const rounds = 6

/** Runs the writer until it has acknowledged so many uploads and some milliseconds more; kills it. @returns the numbers it acknowledged */
function writeAndKill(dir: string, first: number, uploads: number, moreMs: number): Promise<number[]> {
  const program = join(__dirname, 'kill-writer.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', program, dir, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const acknowledged: number[] = []
  createInterface(child.stdout).on('line', (line) => {
    if (line === 'open') return
    acknowledged.push(Number(line))
    if (acknowledged.length === uploads) setTimeout(() => child.kill('SIGKILL'), moreMs)
  })
  return new Promise((resolve) => child.on('close', () => resolve(acknowledged)))
}

test('killed at random points, everything acknowledged is there once', async (t) => {
  const dir = tempDir(t)
  const acknowledged: number[] = []
  for (let round = 0; round < rounds; round++) {
    const first = (acknowledged.at(-1) ?? -1) + 10
    acknowledged.push(...(await writeAndKill(dir, first, 1 + round * 40, Math.random() * 1_500)))
  }
  assert.ok(acknowledged.length > rounds)
  const { store, counts } = await storeFor(t, { dir })
  await store.settle()
  const range = { q: '', fromMs: Date.now() - 7_200_000, toMs: Date.now() }
  const numbers: number[] = []
  for (let offset = 0; ; offset += 1_000) {
    const listed = await store.query('profiles', { ...range, limit: 1_000, offset })
    numbers.push(...listed.map(({ tags }) => Number(tags.number)))
    if (listed.length < 1_000) break
  }
  assert.equal(new Set(numbers).size, numbers.length, 'one is there twice')
  const found = new Set(numbers)
  assert.deepEqual(
    acknowledged.filter((n) => !found.has(n)),
    [],
  )
  const graph = await store.query('flameGraph', range)
  assert.equal(graph.total, numbers.length * 10_000_000)
  assert.equal(counts['dropped.undecodable_records'] ?? 0, 0)
  t.diagnostic(`${acknowledged.length} acknowledged, ${numbers.length} found, killed ${rounds} times`)
})
