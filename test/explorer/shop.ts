import { after, before, type TestContext } from 'node:test'
import type { Span } from '../../src/intake/model'
import type { Intake } from '../../src/intake/server'
import type { IntakeStore } from '../../src/intake/store/intake-store'
import { intakeFor, tempDir } from '../intake/helpers'
import { type MadeSample, type MadeUpload, makeUpload, ticks } from '../intake/profiles'
import { storeFor } from '../intake/store/stores'

/** Ids of the one trace of the shop. */
export const traceId = '0000000000000000000000000000abcd'
export const rootId = '0000000000001000'
export const childId = '0000000000001001'

export interface Explored {
  intake: Intake
  store: IntakeStore
  /** The hour that holds everything. */
  range: string
  fromMs: number
  /** What was given to `fill`. */
  startMs: number
}

/** An intake with its store, filled, and the address of its page. */
export async function explored(
  t: TestContext,
  fill: (store: IntakeStore, startMs: number) => Promise<void>,
  options: Parameters<typeof storeFor>[1] = {},
  intakeOptions: Parameters<typeof intakeFor>[1] = {},
): Promise<Explored> {
  const { store } = await storeFor(t, options)
  const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 1_200_000
  await fill(store, startMs)
  await store.settle()
  const intake = await intakeFor(t, { ...intakeOptions, sink: store, queries: store, dir: tempDir(t) })
  const [fromMs, toMs] = [startMs - 2_400_000, startMs + 1_200_000]
  return { intake, store, range: `from=${fromMs}&to=${toMs}`, fromMs, startMs }
}

/** One filled intake for all tests of a file, which only read it. */
export function useExplored(fill: Parameters<typeof explored>[1]): () => Explored {
  let end: (() => unknown) | undefined
  let made: Explored | undefined
  before(async () => {
    const after = (ended: () => unknown) => {
      end = ended
    }
    made = await explored({ after } as unknown as TestContext, fill)
  })
  after(() => end?.())
  return () => made as Explored
}

/** Of the process that the one trace ran in. */
export const tags = new Map([
  ['service', 'shop'],
  ['runtime-id', 'r1'],
])

/** The root of the one trace, or with `more` another span of it. */
export const spanAt = (startMs: number, durationMs: number, more: Partial<Span> = {}): Span => ({
  ...{ traceIdHigh: 0n, traceIdLow: 0xabcdn, spanId: 0x1000n, parentId: 0n, service: 'shop' },
  ...{ name: 'web.request', resource: 'GET /cart', kind: 'server', error: false, attributes: [] },
  startNanos: BigInt(startMs) * 1_000_000n,
  durationNanos: BigInt(durationMs) * 1_000_000n,
  ...more,
})

/** Version 1 and a version 2 in which `parse` costs four times as much, with endpoints, live objects and one trace. */
export async function fillShop(store: IntakeStore, startMs: number): Promise<void> {
  const handle = ['handle@/app/routes/cart.js:12', 'emit@node:events:500']
  const upload = (version: string, parse: number, more: Partial<MadeUpload>) => {
    const ids = version === '1' ? { 'local root span id': 0x1000n, 'span id': 0x1001n } : {}
    const labels = { 'trace endpoint': 'GET /cart', ...ids }
    return store.profiles(
      makeUpload({
        tags: { version, 'runtime-id': `r${version}` },
        endpointCounts: { 'GET /cart': 100, 'GET /slow': 10 },
        wall: [
          ticks(['parse@/app/node_modules/json-fast/index.js:30', ...handle], parse, labels),
          ticks(['render@/app/views/cart.js:8', ...handle], 200, labels),
          ticks(['wait@/app/routes/slow.js:4', 'emit@node:events:500'], 50, {
            'trace endpoint': 'GET /slow',
          }),
          ticks(['(garbage collector)'], 20),
        ],
        heap: [
          {
            stack: ['cache@/app/cache.js', ...handle],
            values: [100, 5_000_000, 200, 9_000_000],
            labels: { 'trace endpoint': 'GET /cart' },
          },
        ],
        startMs,
        ...more,
      }),
    )
  }
  await upload('1', 100, {})
  await upload('2', 400, { startMs: startMs + 60_000 })
  const spans = [
    spanAt(startMs + 1_000, 6_000),
    spanAt(startMs + 2_000, 3_000, {
      spanId: 0x1001n,
      parentId: 0x1000n,
      resource: 'load',
      kind: 'internal',
    }),
  ]
  await store.spans([{ tags, spans }])
}

/**
 * One process for a minute, two threads: the main one is busy with `parse` for 400 ms from the 10th second on, inside a span of 500 ms,
 * collects garbage for 50 ms after it, and else runs `tick` for 10 ms of each 100.
 */
export async function fillTimes(store: IntakeStore, startMs: number): Promise<void> {
  const sample = (thread: string, stack: string[], endMs: number, labels: MadeSample['labels'] = {}) => ({
    stack,
    values: [1, 10_000_000, 10_000_000],
    labels: {
      'thread name': thread,
      'thread id': thread === 'Main' ? '0' : '1',
      end_timestamp_ns: BigInt(startMs + endMs) * 1_000_000n,
      ...labels,
    },
  })
  const range = (from: number, to: number, step: number) =>
    Array.from({ length: (to - from) / step }, (_, i) => from + i * step)
  const wall = [
    ...range(100, 10_000, 100).map((ms) => sample('Main', ['tick@/app/tick.js'], ms)),
    ...range(10_010, 10_410, 10).map((ms) =>
      sample('Main', ['parse@/app/parse.js', 'handle@/app/handle.js'], ms, { 'span id': 0x1000n }),
    ),
    ...range(10_510, 10_560, 10).map((ms) =>
      sample('Main', ['(garbage collector)', 'tick@/app/tick.js'], ms),
    ),
    ...range(11_000, 50_000, 100).map((ms) => sample('Main', ['tick@/app/tick.js'], ms)),
    ...range(20_000, 21_000, 10).map((ms) => sample('Worker', ['crunch@/app/worker.js'], ms)),
  ]
  await store.profiles(makeUpload({ startMs, wall }))
  await store.spans([{ tags, spans: [spanAt(startMs + 10_000, 500)] }])
}
