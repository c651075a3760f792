/** Uploads as a real Express application makes them, told apart by times and tags. */

import { gunzipSync } from 'node:zlib'
import type { ProfileUpload, SpanBatch } from '../../src/intake/model'
import { columnContents } from '../../src/intake/store/column-profile'
import { decodeProfile } from '../../src/pprof/decode'
import { event, uploadBody } from '../../test/intake/helpers'
import { heapTypes, type MadeSample, makeProfile, wallTypes } from '../../test/intake/profiles'

let state = 1
const random = () => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
  return state / 0x7fffffff
}
const pick = (below: number) => Math.floor(random() * below)

/** As measured of @datadog/pprof on Express under load for 60 s: 4,710 samples of 311 stacks, 20 endpoints, ids and a time on each. */
const stacks = Array.from({ length: 311 }, (_, s) =>
  Array.from({ length: 8 + pick(16) }, (_, i) =>
    i < 6
      ? `leaf${pick(300)}@/app/src/f${pick(40)}.js:${10 + pick(90)}`
      : `mid${(s >> Math.floor(i / 4)) % 97}-${i}@/app/node_modules/express/lib/r${i % 12}.js:${10 + (i % 30)}`,
  ),
)
export const endpoints = Array.from({ length: 20 }, (_, i) => `GET /api/things/${i}/:id`)

function wallProfile(startMs: number): { bytes: Buffer; roots: bigint[] } {
  const roots = Array.from({ length: 1_000 }, () => BigInt(Math.floor(random() * 2 ** 52)) * 1_024n)
  const samples: MadeSample[] = Array.from({ length: 4_710 }, (_, i) => {
    const s = Math.floor(stacks.length * random() ** 3)
    const end = BigInt(startMs) * 1_000_000n + BigInt(i) * 12_738_853n + BigInt(pick(999_999))
    const root = roots[Math.floor(i / 5)] as bigint
    const wall = 10_000_000 + pick(900_000)
    return {
      stack: stacks[s] as string[],
      values: [1, wall, Math.floor(wall * random())],
      labels: {
        end_timestamp_ns: end,
        'thread name': 'Main Event Loop',
        'thread id': '0',
        ...(i % 3 && {
          'trace endpoint': endpoints[(s * 7 + (i % 8 === 0 ? 1 : 0)) % 20] as string,
          'local root span id': root,
          'span id': root + 1n,
        }),
      },
    }
  })
  return { bytes: makeProfile(wallTypes, samples), roots }
}

function heapProfile(): Buffer {
  const samples = stacks
    .slice(0, 200)
    .map((stack) => ({ stack, values: [pick(100), pick(1e6), pick(100), pick(1e6)] }))
  return makeProfile(heapTypes, samples)
}

const processes = 10
const different = 12
// 100 uploads a second.
const fleet = 6_000

/** Makes uploads of one minute each: upload `n` is of process `n % 10` in the minute `floor(n / 10)` after `baseMs`, and half of the processes are of version 2. */
export class MadeUploads {
  readonly #walls: Buffer[]
  readonly #roots: bigint[]
  readonly #heap = heapProfile()
  readonly #contents

  constructor(private readonly baseMs: number) {
    // Making one costs more than storing it.
    const walls = Array.from({ length: different }, (_, i) => wallProfile(baseMs + i * 60_000))
    this.#walls = walls.map(({ bytes }) => bytes)
    this.#roots = walls[0]?.roots ?? []
    this.#contents = [...this.#walls, this.#heap].map((bytes) =>
      columnContents(decodeProfile(gunzipSync(bytes))),
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

  /** The spans that upload 0 has samples of: requests of 60 ms, each with one child. */
  spans(): SpanBatch {
    const spans = this.#roots.flatMap((root, i) => {
      const startNanos = BigInt(this.baseMs + i * 60) * 1_000_000n
      const common = {
        traceIdHigh: 0n,
        traceIdLow: root,
        service: 'shop',
        durationNanos: 60_000_000n,
        error: false,
      }
      return [
        { ...common, startNanos, spanId: root, parentId: 0n, name: 'web.request', kind: 'server' as const },
        {
          ...common,
          startNanos,
          spanId: root + 1n,
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
