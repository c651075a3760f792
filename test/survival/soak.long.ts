import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { figures } from '../figures'
import { root, runChild } from './child'
import { blockMedians, slopeOf } from './slope'

// L1 to L4: an application does the same again and again, and each time uploads; what it holds grows no faster than without the profiler.
// SOAK_CYCLES=10000: 1,000 cycles, of about 0.1 s, stand for 17 hours of uploads every minute.

const cycles = Number(process.env.SOAK_CYCLES ?? 1_000)
const blocks = 30
/** The first part is the start: caches fill, V8 compiles. */
const startShare = 0.3
const mebibyte = 1_048_576
const maxMebibytesPer1000 = 0.1
const plantedBytes = 1_024

/** Columns of a point, as survival-soak.js writes them. */
const columns = { rss: 0, js: 1, threads: 2, files: 3 }
type Column = keyof typeof columns

const server = createServer((request, response) => {
  request.resume().on('end', () => response.end('{}'))
})
before(() => once(server.listen(0, '127.0.0.1'), 'listening'))
after(() => {
  server.closeAllConnections()
  server.close()
})

/** What an application held after each cycle, by column, after the start. */
async function held(kind: string, leakBytes: number, isProfiled: boolean): Promise<Record<Column, number[]>> {
  const { code, signal, stdout, stderr } = await runChild({
    file: 'test/fixtures/survival-soak.js',
    args: [kind, String(cycles), String(leakBytes), root],
    nodeArgs: ['--expose-gc'],
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    env: { ACME_PROFILING_SAMPLING_HZ: '99', DD_PROFILING_ENABLED: String(isProfiled) },
    guardMs: 60_000 + cycles * 2_000,
  })
  assert.deepEqual([code, signal, stderr], [0, null, ''])
  const { points, sent } = JSON.parse(stdout) as { points: number[]; sent: number }
  assert.ok(!isProfiled || sent >= 0.99 * cycles, `${sent} of ${cycles} uploads arrived`)
  const column = (of: Column) => points.filter((_, at) => at % 4 === columns[of]).slice(cycles * startShare)
  return { rss: column('rss'), js: column('js'), threads: column('threads'), files: column('files') }
}

/** MiB per 1,000 cycles by which it grows faster with the profiler than without. */
async function soak(kind: string, leakBytes: number) {
  const [profiled, plain] = await Promise.all([held(kind, leakBytes, true), held(kind, 0, false)])
  const growth = (of: Column) => {
    const without = blockMedians(plain[of], blocks)
    const more = blockMedians(profiled[of], blocks).map((value, block) => value - (without[block] as number))
    const { slope, lower } = slopeOf(more)
    const per1000 = (1_000 * blocks) / profiled[of].length / mebibyte
    return { slope: slope * per1000, lower: lower * per1000 }
  }
  const grown = (['threads', 'files'] as const).filter((of) => {
    const half = profiled[of].length >> 1
    return Math.max(...profiled[of].slice(half)) > Math.max(...profiled[of].slice(0, half)) + 2
  })
  const mebibytes = [profiled, plain].map(({ rss }) => Math.round((rss.at(-1) as number) / mebibyte))
  return { rss: growth('rss'), js: growth('js'), grown, mebibytes }
}

const shown = ({ slope, lower }: { slope: number; lower: number }) =>
  `${slope.toFixed(3)} (at least ${lower.toFixed(3)})`

for (const kind of ['requests', 'contexts', 'workers', 'code']) {
  test(`${kind}: ${cycles} cycles`, async (t) => {
    const { rss, js, grown, mebibytes } = await soak(kind, 0)
    t.diagnostic(
      `${kind}, MiB per 1,000 cycles: RSS ${shown(rss)}, JavaScript ${shown(js)}; RSS at the end ${mebibytes.join(' MiB, without the profiler ')} MiB`,
    )
    figures({ [`${kind} cycles`]: cycles, [`${kind} MiB per 1,000`]: rss.slope })
    assert.deepEqual(grown, [])
    assert.ok(js.lower <= maxMebibytesPer1000, `JavaScript ${shown(js)}`)
    assert.ok(rss.lower <= maxMebibytesPer1000, `RSS ${shown(rss)}`)
  })
}

test(`${plantedBytes} bytes planted in each cycle are found`, async () => {
  const { rss, js } = await soak('contexts', plantedBytes)
  assert.ok(js.lower > maxMebibytesPer1000, `JavaScript ${shown(js)}`)
  assert.ok(rss.lower > maxMebibytesPer1000, `RSS ${shown(rss)}`)
})
