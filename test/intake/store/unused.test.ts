import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DuckDbStore } from '../../../src/intake/store/duckdb/duckdb-store'
import { tempDir } from '../helpers'
import { columnsOptions } from './columns'
import { dayMs, firstMs } from './unused'
import { writeAndKill } from './write-and-kill'

const rounds = 4

test('killed while unused names are removed and profiles come in, every stack has its functions', async (t) => {
  const dir = tempDir(t)
  let next = 0
  for (let round = 0; round < rounds; round++) {
    const point = { enough: 13 + round, moreMs: Math.random() * 300 }
    const last = (await writeAndKill('unused-writer.ts', { dir, first: next, ...point })).at(-1) ?? -1
    assert.ok(last >= next + 12)
    const store = await DuckDbStore.open(columnsOptions(dir))
    const range = { fromMs: 0, toMs: firstMs + 10_000 * dayMs }
    const totals = await store.stackTotals({
      ...{ ...range, selector: [], kind: 'wall', groupBy: ['version'], orderBy: 1, limit: 100_000 },
    })
    const { tables } = await store.stats()
    await store.close()
    const days = new Set<number>()
    totals.rowStack.forEach((stack, row) => {
      const [version] = totals.groups[totals.rowGroup[row] as number] as [string]
      const frames = totals.stackFrames.subarray(totals.stackStart[stack], totals.stackStart[stack + 1])
      const names = Array.from(frames, (frame) => totals.frames[frame]?.name)
      assert.equal(names[0], `f${version}`)
      assert.match(names[1] ?? '', /^g\d+$/)
      days.add(Number(version))
    })
    for (let day = last; day > last - 7; day--) assert.ok(days.has(day), `day ${day}`)
    // What is kept is some ten days of 20 stacks, however many there were.
    assert.ok((tables.stacks ?? 0) <= 20 * 14, `${tables.stacks} stacks`)
    next = Math.max(...days) + 1
  }
})
