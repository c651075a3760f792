import assert from 'node:assert/strict'
import { test } from 'node:test'
import { figures } from '../../figures'
import { tempDir } from '../helpers'
import { storeFor } from './stores'
import { writeAndKill } from './write-and-kill'

const rounds = 6

test('killed at random points, everything acknowledged is there once', async (t) => {
  const dir = tempDir(t)
  const acknowledged: number[] = []
  for (let round = 0; round < rounds; round++) {
    const first = (acknowledged.at(-1) ?? -1) + 10
    const point = { enough: 1 + round * 40, moreMs: Math.random() * 1_500 }
    acknowledged.push(...(await writeAndKill('kill-writer.ts', { dir, first, ...point })))
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
  t.diagnostic(`${numbers.length} found`)
  figures({ kills: rounds, acknowledged: acknowledged.length })
})
