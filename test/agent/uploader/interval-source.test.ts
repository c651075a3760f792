import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IntervalSource } from '../../../src/agent/uploader/interval-source'
import type { Interval } from '../../../src/agent/uploader/uploader'
import { makeInterval } from './harness'

function ask(source: IntervalSource): Promise<Interval> {
  return new Promise((resolve) => source.collect(resolve))
}

test('an interval is asked for and comes by message', async () => {
  let asked = 0
  const source = new IntervalSource(() => asked++)
  const answer = ask(source)
  const interval = makeInterval()
  source.receive(interval)
  assert.equal(await answer, interval)
  assert.equal(asked, 1)
})

test('at the end the last interval is there without asking, once', async () => {
  const source = new IntervalSource(() => assert.fail('asked'))
  const last = makeInterval()
  source.end(last)
  assert.equal(await ask(source), last)
  assert.equal((await ask(source)).hasWork, false)
})

test('what was asked for when the end came is answered as empty: the last interval holds it', async () => {
  const source = new IntervalSource(() => undefined)
  const asked = ask(source)
  const last = makeInterval()
  source.end(last)
  assert.equal((await asked).hasWork, false)
  assert.equal(await ask(source), last)
})

test('an answer that nobody waits for is no error', () => {
  new IntervalSource(() => undefined).receive(makeInterval())
})
