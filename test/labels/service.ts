import assert from 'node:assert/strict'
import type { Report } from './child'

/** All samples of the service against what was true when they were taken. */
export function checkService({ rows, counts }: Report, hangEndpoint?: string): void {
  assert.equal(rows.length, 12)
  for (const { truth, got } of rows.slice(0, 10)) {
    assert.ok(truth.spanId && truth.rootSpanId)
    const custom = truth.at === 'custom' ? { custom: ['tenant', 'blue', 'shard', 7] } : {}
    assert.deepEqual(got, { ...truth, endpoint: 'GET /a/:id', ...custom })
  }
  const hang = rows[10]
  assert.deepEqual(hang?.got, { ...hang?.truth, ...(hangEndpoint && { endpoint: hangEndpoint }) })
  assert.deepEqual(rows[11], { truth: { at: 'outside' } })
  assert.deepEqual(counts, { 'GET /a/:id': 2 })
}
