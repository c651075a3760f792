import { AsyncLocalStorage, executionAsyncId } from 'node:async_hooks'

/** Two words that the signal handler reads: while both stay the same, so does the current context. */
export interface ContextVersion {
  storeVersion: Uint32Array
  asyncId: Float64Array
  /** Gives AsyncLocalStorage back its own methods, unless somebody has wrapped ours since. */
  release(): void
}

/**
 * For Node 20, and 22 without --experimental-async-context-frame: the context hangs off the async resource that
 * executes, so it changes with the execution's async id, and when a store is written. The id is Node's own memory;
 * writes of stores are counted here, which costs a span some nanoseconds and an async callback nothing.
 * @returns undefined where this Node does not let us
 */
export function watchContext(): ContextVersion | undefined {
  const asyncId = executionAsyncIdField()
  if (asyncId === undefined) return undefined
  const storeVersion = new Uint32Array(1)
  const count = () => {
    storeVersion[0] = (storeVersion[0] as number) + 1
  }
  const prototype = AsyncLocalStorage.prototype
  const { run, enterWith } = prototype
  const countedRun = function (this: AsyncLocalStorage<unknown>, ...args: Parameters<typeof run>) {
    count()
    try {
      return Reflect.apply(run, this, args)
    } finally {
      count()
    }
  } as typeof run
  const countedEnterWith = function (this: AsyncLocalStorage<unknown>, store: unknown) {
    count()
    return Reflect.apply(enterWith, this, [store])
  }
  Object.assign(prototype, { run: countedRun, enterWith: countedEnterWith })
  return {
    storeVersion,
    asyncId,
    release() {
      if (prototype.run === countedRun) prototype.run = run
      if (prototype.enterWith === countedEnterWith) prototype.enterWith = enterWith
    },
  }
}

/** Node's async_id_fields, narrowed to the id that executes. Documented nowhere, so compared before it is trusted. */
function executionAsyncIdField(): Float64Array | undefined {
  const { noDeprecation } = process
  try {
    // There is no other way to this field, and the warning would be the application's to read.
    process.noDeprecation = true
    const binding = (process as unknown as { binding(name: string): AsyncWrap }).binding('async_wrap')
    const field = binding.async_id_fields.subarray(binding.constants.kExecutionAsyncId).subarray(0, 1)
    return field[0] === executionAsyncId() ? field : undefined
  } catch {
    return undefined
  } finally {
    process.noDeprecation = noDeprecation as boolean
  }
}

interface AsyncWrap {
  async_id_fields: Float64Array
  constants: { kExecutionAsyncId: number }
}
