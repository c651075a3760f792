import { AsyncLocalStorage } from 'node:async_hooks'

/** Value of a custom label: numbers that are safe integers become numeric pprof labels, all else strings. */
export type LabelValue = string | number

/** A validated, frozen label set. Its identity is stable for one `withLabels` scope. */
export type Labels = Readonly<Record<string, LabelValue>>

/** What one label set may hold. Labels over a limit are left out; values are cut. */
export const labelLimits = { labels: 16, keyChars: 64, valueChars: 256 } as const

/** Keys that the profiler writes itself: a custom label of that name is left out. */
export const reservedLabelKeys: ReadonlySet<string> = new Set([
  'span id',
  'local root span id',
  'trace id',
  'trace endpoint',
  'thread name',
  'thread id',
  'os thread id',
  'end_timestamp_ns',
  'vm state',
])

// A second copy of the package in the process must find the labels of the first.
const key = Symbol.for('@acme/profiler.labels')
const holder = globalThis as { [key]?: AsyncLocalStorage<Labels | undefined> }
holder[key] ??= new AsyncLocalStorage<Labels | undefined>()
const storage = holder[key]

/**
 * Runs `fn` with `labels` on every sample taken in it and in what it starts asynchronously.
 * Nested calls merge, the inner value wins. Labels that are not valid are left out; only `fn` can throw.
 * @returns what `fn` returns
 */
export function withLabels<T>(labels: Record<string, unknown>, fn: () => T): T {
  return storage.run(merge(labels), fn)
}

/** As {@link withLabels}, for the rest of the current asynchronous execution. */
export function enterLabels(labels: Record<string, unknown>): void {
  storage.enterWith(merge(labels))
}

/** The labels of the current context frame. */
export function currentLabels(): Labels | undefined {
  return storage.getStore()
}

function merge(labels: Record<string, unknown>): Labels | undefined {
  const outer = storage.getStore()
  // A getter or a proxy of the application may throw here.
  try {
    const merged: Record<string, LabelValue> = { ...outer }
    let count = Object.keys(merged).length
    for (const key of Object.keys(labels)) {
      if (key === '' || key.length > labelLimits.keyChars || reservedLabelKeys.has(key)) continue
      const value = labelValue(labels[key])
      if (value === undefined) continue
      if (!Object.hasOwn(merged, key) && ++count > labelLimits.labels) break
      merged[key] = value
    }
    return count === 0 ? undefined : Object.freeze(merged)
  } catch {
    return outer
  }
}

function labelValue(value: unknown): LabelValue | undefined {
  switch (typeof value) {
    case 'string':
      return value.length > labelLimits.valueChars ? value.slice(0, labelLimits.valueChars) : value
    case 'number':
      return Number.isSafeInteger(value) ? value : String(value)
    case 'boolean':
      return String(value)
    case 'bigint':
      return String(value).slice(0, labelLimits.valueChars)
    default:
      return undefined
  }
}
