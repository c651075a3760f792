import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Counters } from './counters'
import type { Gate } from './gate'
import type { QuerySource } from './query-source'
import type { Reply } from './receive/protocol'
import type { StoreStats } from './store/profile-store'

/** The numbers of the process that receives are wanted most when the other one does not answer. */
const statsMs = 2_000

/** What `/metrics` says, in Prometheus' text format. No name or label comes from a client. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests: Histogram<'route' | 'status'>

  constructor(counters: Counters, gate: Gate, store: QuerySource | undefined) {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    this.#requests = new Histogram({
      name: 'acme_intake_request_seconds',
      help: 'Requests by route and status, from their headers to their answer.',
      labelNames: ['route', 'status'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
      registers,
    })
    const total = new Counter({
      name: 'acme_intake_events_total',
      help: 'What was stored, refused and dropped since the start, by name; see docs/intake.md.',
      labelNames: ['name'],
      registers,
      collect() {
        total.reset()
        for (const [name, count] of Object.entries(counters.toJSON())) total.inc({ name }, count)
      },
    })
    const held = new Gauge({
      name: 'acme_intake_held',
      help: 'What the intake has in hand: uploads, and bytes of their bodies.',
      labelNames: ['unit'],
      registers,
      collect() {
        held.set({ unit: 'uploads' }, gate.uploads)
        held.set({ unit: 'bytes' }, gate.bytes)
      },
    })
    if (store) addStore(store, registers)
  }

  observe(route: string, status: number, ms: number): void {
    this.#requests.observe({ route, status }, ms / 1_000)
  }

  async reply(): Promise<Reply> {
    const body = Buffer.from(await this.#registry.metrics())
    return { status: 200, contentType: this.#registry.contentType, body }
  }
}

function addStore(store: QuerySource, registers: Registry[]): void {
  const backlog = new Gauge({
    name: 'acme_intake_backlog_bytes',
    help: 'Bytes of the log that are not in the columns yet.',
    registers,
    collect() {
      backlog.set(store.backlogBytes)
    },
  })
  let asked: Promise<StoreStats | undefined> | undefined
  // Once for both. No rows, and a size of 0, while the store's process starts again, or is stopped or too busy to say.
  const stats = () => {
    asked ??= Promise.race([store.stats().catch(() => undefined), later(statsMs)]).finally(() => {
      asked = undefined
    })
    return asked
  }
  const bytes = new Gauge({
    name: 'acme_intake_columns_bytes',
    help: 'Size of the columns on disk, without what their own log holds.',
    registers,
    async collect() {
      const found = await stats()
      bytes.reset()
      if (found) bytes.set(found.bytes)
    },
  })
  const rows = new Gauge({
    name: 'acme_intake_columns_rows',
    help: 'Rows of the columns by table, about.',
    labelNames: ['table'],
    registers,
    async collect() {
      const found = await stats()
      rows.reset()
      for (const [table, count] of Object.entries(found?.tables ?? {})) rows.set({ table }, count)
    },
  })
}

function later(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms, undefined).unref()
  })
}
