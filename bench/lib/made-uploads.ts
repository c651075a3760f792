/** Uploads as a real Express application makes them, told apart by times and tags. */

import { gunzipSync } from 'node:zlib'
import type { ProfileUpload, SpanBatch } from '../../src/intake/model'
import { columnContents } from '../../src/intake/store/column-profile'
import type { IntakeStore } from '../../src/intake/store/intake-store'
import { packContents } from '../../src/intake/store/packed-contents'
import { decodeProfile } from '../../src/pprof/decode'
import { event, uploadBody } from '../../test/intake/helpers'
import { heapTypes, type MadeSample, makeProfile, wallTypes } from '../../test/intake/profiles'

let state = 1
const random = () => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
  return state / 0x7fffffff
}
const pick = (below: number) => Math.floor(random() * below)

/**
 * As measured of @datadog/pprof 5.20 on Express under load for 60 s: 4,710 samples of 311 stacks of some 600 functions, listed stack by
 * stack, a time in microseconds on each; three of eight run in a request, of 20 endpoints, and have its ids; the others waited.
 */
const functions = Array.from(
  { length: 620 },
  (_, f) =>
    `${['handle', 'next', 'resolve', 'parse', 'render'][f % 5]}${f}@/app/${f % 4 === 0 ? 'src' : 'node_modules/express/lib'}/module${f % 60}.js`,
)
const stacks = Array.from({ length: 311 }, (_, s) =>
  Array.from({ length: 6 + pick(12) }, (_, i) => {
    const f = i < 4 ? pick(functions.length) : (s >> Math.floor(i / 4)) * 7 + i
    return `${functions[f % functions.length]}:${10 + (f % 90)}`
  }),
)
export const endpoints = Array.from({ length: 20 }, (_, i) => `GET /api/things/${i}/:id`)
const randomId = () =>
  (BigInt(Math.floor(random() * 2 ** 31)) << 32n) | BigInt(Math.floor(random() * 2 ** 31))

interface Request {
  root: bigint
  child: bigint
}

function wallProfile(startMs: number): { bytes: Buffer; requests: Request[] } {
  const requests = Array.from({ length: 589 }, () => ({ root: randomId(), child: randomId() }))
  const samples = Array.from({ length: 4_710 }, (_, i): MadeSample & { at: number } => {
    const at = Math.floor(stacks.length * random() ** 3)
    const { root, child } = requests[Math.floor(i / 8)] as Request
    const isInRequest = i % 8 < 3
    return {
      at,
      stack: stacks[at] as string[],
      values: [1, 10_771_000, isInRequest ? pick(10_771_000) : 0],
      labels: {
        end_timestamp_ns: BigInt(startMs) * 1_000_000n + BigInt(i * 12_738 + pick(999)) * 1_000n,
        'thread name': 'Main Event Loop',
        'thread id': '0',
        'os thread id': '15055',
        ...(isInRequest && {
          'trace endpoint': endpoints[(at * 7 + (i % 40 === 0 ? 1 : 0)) % 20] as string,
          'local root span id': root,
          'span id': child,
        }),
      },
    }
  })
  samples.sort((a, b) => a.at - b.at)
  return { bytes: makeProfile(wallTypes, samples), requests }
}

function heapProfile(): Buffer {
  const samples = stacks
    .slice(0, 80)
    .map((stack) => ({ stack, values: [pick(100), pick(1e6), pick(100), pick(1e6)] }))
  return makeProfile(heapTypes, samples)
}

const processes = 10
const different = 12
const atOnce = 4
// 100 uploads a second.
const fleet = 6_000

/** Makes uploads of one minute each: upload `n` is of process `n % 10` in the minute `floor(n / 10)` after `baseMs`, and half of the processes are of version 2. */
export class MadeUploads {
  readonly #walls: Buffer[]
  readonly #requests: Request[]
  readonly #heap = heapProfile()
  readonly #contents

  constructor(private readonly baseMs: number) {
    // Making one costs more than storing it.
    const walls = Array.from({ length: different }, (_, i) => wallProfile(baseMs + i * 60_000))
    this.#walls = walls.map(({ bytes }) => bytes)
    this.#requests = walls[0]?.requests ?? []
    this.#contents = [...this.#walls, this.#heap].map((bytes) =>
      packContents(columnContents(decodeProfile(gunzipSync(bytes)))),
    )
  }

  /** Kilobytes of the profiles of one upload, compressed. */
  get kilobytes(): number {
    return (this.#walls.reduce((sum, { length }) => sum + length, 0) / different + this.#heap.length) / 1_000
  }

  /** As the receivers hand it on. */
  upload(n: number): ProfileUpload {
    const startMs = this.baseMs + Math.floor(n / processes) * 60_000
    const [wall, heap] = [this.#contents[n % different], this.#contents[different]]
    return {
      tags: new Map(Object.entries(tagsOf(n, n % processes))),
      startMs,
      endMs: startMs + 60_000,
      profiles: [
        { name: 'wall.pprof', bytes: this.#walls[n % different] as Buffer, ...(wall && { contents: wall }) },
        { name: 'space.pprof', bytes: this.#heap, ...(heap && { contents: heap }) },
      ],
      endpointCounts: Object.fromEntries(endpoints.map((name) => [name, 30])),
      event: Buffer.from('{}'),
    }
  }

  /** Puts the first `uploads` into a store, as under a load that it can follow: never much behind. */
  async fill(store: IntakeStore, uploads: number): Promise<void> {
    for (let n = 0; n < uploads; n += atOnce) {
      await Promise.all(Array.from({ length: atOnce }, (_, i) => store.profiles(this.upload(n + i))))
      if (n % 40 === 36) await store.settle()
    }
  }

  /** The spans that upload 0 has samples of: requests of 100 ms, each with one child. */
  spans(): SpanBatch {
    const spans = this.#requests.flatMap(({ root, child }, i) => {
      const startNanos = BigInt(this.baseMs + i * 100) * 1_000_000n
      const common = {
        traceIdHigh: 0n,
        traceIdLow: root,
        service: 'shop',
        durationNanos: 100_000_000n,
        error: false,
      }
      return [
        { ...common, startNanos, spanId: root, parentId: 0n, name: 'web.request', kind: 'server' as const },
        {
          ...common,
          startNanos,
          spanId: child,
          parentId: root,
          name: 'handler',
          kind: 'internal' as const,
        },
      ].map((span) => ({ ...span, resource: endpoints[i % 20] as string, attributes: [] }))
    })
    return { tags: new Map(Object.entries(tagsOf(0, 0))), spans }
  }

  /** The body of an upload as one of `fleet` processes sends it, each once a minute. */
  body(n: number): Buffer {
    const startMs = this.baseMs + Math.floor(n / fleet) * 60_000
    const tags = Object.entries(tagsOf(n, n % fleet)).map((tag) => tag.join(':'))
    const text = JSON.stringify(
      event({
        attachments: ['wall.pprof', 'space.pprof'],
        start: new Date(startMs).toISOString(),
        end: new Date(startMs + 60_000).toISOString(),
        tags_profiler: tags.join(),
        endpoint_counts: Object.fromEntries(endpoints.map((name) => [name, 30])),
      }),
    )
    return uploadBody(text, { 'wall.pprof': this.#walls[n % different] as Buffer, 'space.pprof': this.#heap })
  }
}

const tagsOf = (n: number, of: number) => ({
  service: 'shop',
  env: 'prod',
  version: n % 10 < 5 ? '1' : '2',
  host: `h${of % 100}`,
  'runtime-id': `r${of}`,
  process_id: '1',
  language: 'javascript',
})
