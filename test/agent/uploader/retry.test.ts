import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { judge, type Outcome, parseRetryAfter } from '../../../src/agent/uploader/retry'
import { nextIntervalMs } from '../../../src/agent/uploader/schedule'

const cycleMs = 60_000
const answered = (status: number, retryAfterMs?: number): Outcome => ({
  kind: 'answered',
  status,
  retryAfterMs,
})

test('the delay is a random part of 1, 2, 4 s', () => {
  for (const [attempt, longest] of [
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
  ] as const) {
    for (const part of [0, 0.25, 0.999]) {
      const verdict = judge(answered(500), attempt, cycleMs, cycleMs, () => part)
      assert.deepEqual(verdict, { action: 'retry', delayMs: longest * part })
    }
  }
})

test('the fourth attempt is the last', () => {
  const verdict = judge(answered(500), 4, cycleMs, cycleMs, Math.random)
  assert.deepEqual(verdict, { action: 'give up', reason: 'server_error', keep: true, holdMs: 0 })
})

test('no attempt is begun in the next cycle', () => {
  const verdict = judge(answered(500), 1, 499, cycleMs, () => 0.5)
  assert.equal(verdict.action, 'give up')
})

test('any outcome: a 4xx but 408 and 429 is tried once, and no hold is longer than a cycle', () => {
  const outcome: fc.Arbitrary<Outcome> = fc.oneof(
    fc.record({
      kind: fc.constant('answered' as const),
      status: fc.integer({ min: 300, max: 999 }),
      retryAfterMs: fc.option(fc.double({ min: 0, noNaN: true }), { nil: undefined }),
    }),
    fc.record({ kind: fc.constant('failed' as const), code: fc.string() }),
  )
  fc.assert(
    fc.property(
      outcome,
      fc.integer({ min: 1, max: 4 }),
      fc.double({ min: -cycleMs, max: cycleMs, noNaN: true }),
      (what, attempt, leftMs) => {
        const verdict = judge(what, attempt, leftMs, cycleMs, Math.random)
        if (verdict.action === 'retry') {
          assert.ok(verdict.delayMs >= 0 && verdict.delayMs < leftMs && attempt < 4)
          assert.ok(
            what.kind === 'failed' || what.status >= 500 || what.status === 408 || what.status === 429,
          )
        } else {
          assert.ok(verdict.action === 'give up' && verdict.holdMs >= 0 && verdict.holdMs <= cycleMs)
        }
      },
    ),
  )
})

test('Retry-After: seconds, or a date', () => {
  const nowMs = Date.parse('2026-11-22T00:00:00Z')
  const cases: [string | undefined, number | undefined][] = [
    ['0', 0],
    ['120', 120_000],
    [' 5 ', 5_000],
    ['9'.repeat(400), Number.POSITIVE_INFINITY],
    ['Sun, 22 Nov 2026 00:01:00 GMT', 60_000],
    ['Sunday, 22-Nov-26 00:01:00 GMT', 60_000],
    ['Sun Nov 22 00:01:00 2026 GMT', 60_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['Soon, 1', undefined],
    ['', undefined],
    [undefined, undefined],
  ]
  for (const [value, ms] of cases) assert.equal(parseRetryAfter(value, nowMs), ms, value)
})

const sum = (counts: Float64Array) => counts.reduce((total, count) => total + count, 0)

// F6. Each agent is what Sender and Uploader do with judge() and nextIntervalMs(), on a clock of whole milliseconds.
test('F6 fleet: 500 agents, 10 minutes of outage: no storm when it is over', () => {
  const agents = 500
  const outage = { from: 600_000, to: 1_200_000 }
  const endMs = 2_400_000
  let seed = 42
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return seed / 2 ** 32
  }
  const perSecond = new Float64Array(endMs / 1_000 + 100)
  let mostRetries = 0
  for (let agent = 0; agent < agents; agent++) {
    let spooled = 0
    let nowMs = 0
    for (let interval = 0; nowMs < endMs; interval++) {
      nowMs += nextIntervalMs(interval, cycleMs, random)
      let atMs = nowMs
      for (let attempt = 1; ; attempt++) {
        const second = Math.floor(atMs / 1_000)
        perSecond[second] = (perSecond[second] ?? 0) + 1
        const isOut = atMs >= outage.from && atMs < outage.to
        const outcome: Outcome = isOut
          ? { kind: 'failed', code: 'ECONNREFUSED' }
          : { kind: 'sent', status: 202 }
        const verdict = judge(outcome, attempt, cycleMs - (atMs - nowMs), cycleMs, random)
        if (verdict.action === 'retry') {
          mostRetries = Math.max(mostRetries, attempt)
          atMs += verdict.delayMs
          continue
        }
        if (verdict.action === 'give up') spooled++
        else if (spooled > 0) {
          spooled--
          perSecond[second] = (perSecond[second] ?? 0) + 1
        }
        break
      }
    }
  }
  const most = (fromMs: number, toMs: number) => {
    let requests = 0
    for (let at = fromMs; at < toMs; at += 10_000)
      requests = Math.max(requests, sum(perSecond.subarray(at / 1_000, at / 1_000 + 10)))
    return requests
  }
  const steady = most(300_000, outage.from)
  assert.ok(mostRetries <= 5, `${mostRetries} retries`)
  assert.ok(
    most(outage.to, endMs - 60_000) <= 3 * steady,
    `${most(outage.to, endMs - 60_000)} requests in 10 s after it, ${steady} before`,
  )
})
