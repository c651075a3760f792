import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { figures } from '../figures'
import { runChild } from './child'
import { allocationsEnv, countedAddon } from './counted-addon'
import { copyOfPackage } from './package-copy'
import { blockMedians, slopeOf } from './slope'

// L1 to L4: an application does the same again and again, and each time uploads; what it holds grows no faster than without the profiler.
// SOAK_CYCLES=10000: 1,000 cycles, of about 0.05 s, stand for 17 hours of uploads every minute.

const cycles = Number(process.env.SOAK_CYCLES ?? 1_000)
const blocks = 30
/** The first part is the start: caches fill, and pages are touched for the first time. */
const startShare = 0.5
const mebibyte = 1_048_576
/** Of V8's heaps, whose garbage is collected before they are measured, and of the addon's own allocations: they stay the same to some kilobytes. */
const maxMebibytesPer1000 = 0.1
/** Of all memory, in the whole second half, be it long or short: pages are touched first and given back in no order, up to 0.4 MiB in 500 cycles. */
const maxRssMebibytes = 0.5
const maxRssPer1000 = maxRssMebibytes / ((cycles * (1 - startShare)) / 1_000)
/** By each of two threads. */
const plantedBytes = 1_024

/** Columns of a point, as survival-soak.js writes them. */
const columns = ['rss', 'js', 'uploader', 'addon', 'threads', 'files'] as const
type Column = (typeof columns)[number]
/** survival-soak.js looks each fifth cycle. */
const points = Math.floor(cycles / 5)
/**
 * V8's machine code and young generation settle after some 4,000 cycles only: the uploader's functions run once in each, and what is hot
 * is found out by counting. Here it compiles all once, at the first call, and its spaces have one size.
 */
const settledV8 = [
  '--max-semi-space-size=2',
  ...['--always-sparkplug', '--no-lazy-feedback-allocation', '--no-opt', '--no-maglev'],
  '--single-threaded-gc',
]

/** With an addon that counts what it allocates. */
const agent = copyOfPackage(undefined, countedAddon())
const server = createServer((request, response) => {
  request.resume().on('end', () => response.end('{}'))
})
before(() => once(server.listen(0, '127.0.0.1'), 'listening'))
after(() => {
  server.closeAllConnections()
  server.close()
})

/** What an application held, by column, after the start. */
async function held(kind: string, leakBytes: number, isProfiled: boolean): Promise<Record<Column, number[]>> {
  const { code, signal, stdout, stderr } = await runChild({
    file: 'test/fixtures/survival-soak.js',
    args: [kind, String(cycles), String(leakBytes), agent],
    nodeArgs: ['--expose-gc', ...settledV8],
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    // One arena: each further one is touched for the first time for thousands of cycles, in no order.
    env: {
      DD_PROFILING_ENABLED: String(isProfiled),
      MALLOC_ARENA_MAX: '1',
      ...allocationsEnv(`${kind}-${leakBytes}-${isProfiled}`),
    },
    guardMs: 60_000 + cycles * 2_000,
  })
  assert.deepEqual([code, signal, stderr], [0, null, ''])
  const { held, sent } = JSON.parse(stdout) as { held: number[]; sent: number }
  assert.ok(!isProfiled || sent >= 0.99 * cycles, `${sent} of ${cycles} uploads arrived`)
  const of = (at: number) =>
    held.filter((_, index) => index % columns.length === at).slice(points * startShare)
  return Object.fromEntries(columns.map((column, at) => [column, of(at)])) as Record<Column, number[]>
}

/** MiB per 1,000 cycles by which it grows faster with the profiler than without. */
async function soak(kind: string, leakBytes: number) {
  const [profiled, plain] = await Promise.all([held(kind, leakBytes, true), held(kind, 0, false)])
  const growth = (of: Column) => {
    const without = blockMedians(plain[of], blocks)
    const more = blockMedians(profiled[of], blocks).map((value, block) => value - (without[block] as number))
    const { slope, lower } = slopeOf(more)
    const per1000 = (1_000 * blocks) / (cycles * (1 - startShare)) / mebibyte
    return { slope: slope * per1000, lower: lower * per1000 }
  }
  const grown = (['threads', 'files'] as const).filter((of) => {
    const half = profiled[of].length >> 1
    return Math.max(...profiled[of].slice(half)) > Math.max(...profiled[of].slice(0, half)) + 2
  })
  const mebibytes = [profiled, plain].map(({ rss }) => Math.round((rss.at(-1) as number) / mebibyte))
  return {
    ...{ rss: growth('rss'), js: growth('js'), uploader: growth('uploader'), addon: growth('addon') },
    ...{ grown, mebibytes },
  }
}

const shown = ({ slope, lower }: { slope: number; lower: number }) =>
  `${slope.toFixed(3)} (at least ${lower.toFixed(3)})`

for (const kind of ['requests', 'contexts', 'workers', 'code']) {
  test(`${kind}: ${cycles} cycles`, async (t) => {
    const { rss, js, uploader, addon, grown, mebibytes } = await soak(kind, 0)
    t.diagnostic(
      `${kind}, MiB per 1,000 cycles: RSS ${shown(rss)}, JavaScript ${shown(js)}, of the uploader's thread ${shown(uploader)}, of the addon ${shown(addon)}; RSS at the end ${mebibytes.join(' MiB, without the profiler ')} MiB`,
    )
    figures({ [`${kind} cycles`]: cycles, [`${kind} MiB per 1,000`]: rss.slope })
    assert.deepEqual(grown, [])
    assert.ok(js.lower <= maxMebibytesPer1000, `JavaScript ${shown(js)}`)
    assert.ok(uploader.lower <= maxMebibytesPer1000, `uploader's thread ${shown(uploader)}`)
    // Of names that are made without an end it keeps 4,096, and then begins anew: a rise of hundreds of cycles, some 0.6 MiB high.
    if (kind !== 'code') assert.ok(addon.lower <= maxMebibytesPer1000, `addon ${shown(addon)}`)
    assert.ok(rss.lower <= maxRssPer1000, `RSS ${shown(rss)}`)
  })
}

test(`${plantedBytes} bytes planted in each cycle, in the main and in the uploader's thread, are found`, async (t) => {
  const { rss, js, uploader } = await soak('contexts', plantedBytes)
  t.diagnostic(`RSS ${shown(rss)}, JavaScript ${shown(js)}, of the uploader's thread ${shown(uploader)}`)
  assert.ok(js.lower > maxMebibytesPer1000, `JavaScript ${shown(js)}`)
  assert.ok(uploader.lower > maxMebibytesPer1000, `uploader's thread ${shown(uploader)}`)
  assert.ok(rss.lower > maxRssPer1000, `RSS ${shown(rss)}`)
})
