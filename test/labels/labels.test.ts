import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { currentLabels, enterLabels, labelLimits, withLabels } from '../../src/agent/labels'

test('labels hold in the function and in what it starts, and are gone after it', async () => {
  const later = withLabels({ tenant: 'blue' }, async () => {
    assert.deepEqual(currentLabels(), { tenant: 'blue' })
    await sleep(1)
    return currentLabels()
  })
  assert.equal(currentLabels(), undefined)
  assert.deepEqual(await later, { tenant: 'blue' })
})

test('nested labels merge, the inner value wins', () => {
  withLabels({ a: 1, b: 'outer' }, () => {
    withLabels({ b: 'inner', c: true }, () =>
      assert.deepEqual(currentLabels(), { a: 1, b: 'inner', c: 'true' }),
    )
    assert.deepEqual(currentLabels(), { a: 1, b: 'outer' })
  })
})

test('enterLabels holds for the rest of the asynchronous execution only', async () => {
  await (async () => {
    await sleep(1)
    enterLabels({ job: 'nightly' })
    await sleep(1)
    assert.deepEqual(currentLabels(), { job: 'nightly' })
  })()
  assert.equal(currentLabels(), undefined)
})

test('labels that are not valid are left out, the others stay', () => {
  const labels = {
    '': 'empty key',
    'span id': 'reserved',
    ['k'.repeat(labelLimits.keyChars + 1)]: 'long key',
    object: {},
    missing: undefined,
    fraction: 1.5,
    huge: 2n ** 70n,
    text: 'x'.repeat(1000),
    count: 3,
  }
  withLabels(labels, () => {
    const text = 'x'.repeat(labelLimits.valueChars)
    assert.deepEqual(currentLabels(), { fraction: '1.5', huge: '1180591620717411303424', text, count: 3 })
  })
})

test('a set has a limit of labels', () => {
  withLabels(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i])), () => {
    assert.equal(Object.keys(currentLabels() ?? {}).length, labelLimits.labels)
    withLabels({ k0: 'changed', more: 1 }, () => {
      assert.equal(Object.keys(currentLabels() ?? {}).length, labelLimits.labels)
      assert.equal(currentLabels()?.k0, 'changed')
    })
  })
})

test('labels never throw, the function may', () => {
  const hostile = {
    get key(): string {
      throw new Error('getter')
    },
  }
  withLabels({ a: 1 }, () => {
    for (const labels of [
      hostile,
      null,
      undefined,
      7,
      'text',
      new Proxy({}, { ownKeys: () => ['x', 'x'] }),
    ]) {
      withLabels(labels as never, () => assert.equal(currentLabels()?.a, 1))
    }
  })
  assert.throws(() => withLabels({ a: 1 }, () => assert.fail('own')), /own/)
  assert.equal(withLabels({}, currentLabels), undefined)
})

test('a key named __proto__ harms nothing', () => {
  withLabels(JSON.parse('{"__proto__": "p", "a": 1}'), () => {
    assert.equal(Object.getPrototypeOf(currentLabels()), Object.prototype)
    assert.equal(currentLabels()?.a, 1)
  })
})
