import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Counters } from './counters'
import type { Gate } from './gate'
import type { Reply } from './receive/protocol'

/** What `/metrics` says, in Prometheus' text format. No name or label comes from a client. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests: Histogram<'route' | 'status'>

  constructor(counters: Counters, gate: Gate) {
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
  }

  observe(route: string, status: number, ms: number): void {
    this.#requests.observe({ route, status }, ms / 1_000)
  }

  async reply(): Promise<Reply> {
    const body = Buffer.from(await this.#registry.metrics())
    return { status: 200, contentType: this.#registry.contentType, body }
  }
}
