import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import { watchContext } from '../../src/agent/context-version'
import { atEnd } from '../helpers/at-end'

const prototype = AsyncLocalStorage.prototype

test('released, AsyncLocalStorage has its own methods again', () => {
  const { run, enterWith } = prototype
  const version = watchContext() ?? assert.fail('this Node does not let us')
  new AsyncLocalStorage().run(1, () => {})
  assert.equal(version.storeVersion[0], 2)
  version.release()
  assert.deepEqual([prototype.run, prototype.enterWith], [run, enterWith])
})

test('who has wrapped ours since keeps his wrap, and stores go on working', (t) => {
  const { run, enterWith } = prototype
  atEnd(t, () => Object.assign(prototype, { run, enterWith }))
  const version = watchContext() ?? assert.fail('this Node does not let us')
  const ours = prototype.run
  let theirs = 0
  prototype.run = function (this: AsyncLocalStorage<unknown>, ...args: Parameters<typeof run>) {
    theirs++
    return Reflect.apply(ours, this, args)
  } as typeof run
  version.release()
  const storage = new AsyncLocalStorage<number>()
  assert.equal(
    storage.run(7, () => storage.getStore()),
    7,
  )
  assert.equal(theirs, 1)
  assert.equal(prototype.enterWith, enterWith)
})
