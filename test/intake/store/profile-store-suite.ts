import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ProfileUpload } from '../../../src/intake/model'
import { matchesSelector, parseSelector } from '../../../src/intake/query/selector'
import { retentionDefaults } from '../../../src/intake/store/options'
import type { ColumnSpan, Coverage, ProfileStore, StackTotals } from '../../../src/intake/store/profile-store'
import { type MadeUpload, makeUpload, ticks } from '../profiles'
import { columnProfiles, columnSpan } from './columns'

const hourMs = 3_600_000
const base = Math.floor(Date.UTC(2026, 10, 20, 8) / hourMs) * hourMs
const all = { selector: [], fromMs: base, toMs: base + 2 * hourMs }

/** Totals as text: group, stack from the root, values. */
function rows({
  groups,
  rowGroup,
  rowStack,
  values,
  stackStart,
  stackFrames,
  frames,
}: StackTotals): string[] {
  return Array.from(rowStack, (stack, row) => {
    const names =
      stack < 0
        ? ['(rest)']
        : Array.from(
            stackFrames.subarray(stackStart[stack], stackStart[stack + 1]),
            (frame) => frames[frame]?.name ?? '',
          )
    const by = groups[rowGroup[row] as number] as string[]
    return `${by.join('/')} ${names.reverse().join(';')} ${values.map((column) => column[row]).join(' ')}`
  }).sort()
}

/** What every ProfileStore does. `make` gives an empty one; with what `again` gives it is closed and opened again. */
export function profileStoreSuite(
  name: string,
  make: (t: TestContext) => Promise<{ store: ProfileStore; again(): Promise<ProfileStore> }>,
): void {
  let written = 0
  const write = (store: ProfileStore, uploads: readonly ProfileUpload[], spans: ColumnSpan[] = []) => {
    const profiles = uploads.flatMap((upload) => columnProfiles(upload))
    return store.write({ segment: 'x', end: ++written, sealed: false, profiles, spans })
  }
  const wall = (made: Partial<MadeUpload>) =>
    makeUpload({ startMs: base, wall: [ticks(['b@x.js', 'a@x.js'], 2), ticks(['a@x.js'], 1)], ...made })

  test(`${name}: sums by stack, over processes and minutes`, async (t) => {
    const { store } = await make(t)
    await write(store, [wall({}), wall({ startMs: base + 60_000 }), wall({ tags: { 'runtime-id': 'r2' } })])
    const totals = await store.stackTotals({ ...all, kind: 'wall', groupBy: [], limit: 100, orderBy: 1 })
    assert.deepEqual(rows(totals), [' a 3 30000000 24000000', ' a;b 6 60000000 48000000'])
    assert.deepEqual(await store.coverage({ ...all, kind: 'wall', groupBy: [] }), [
      { group: [], profiles: 3, processSeconds: 180, unionSeconds: 120, requests: 0 },
    ])
  })

  test(`${name}: groups by tags and endpoint, and tells samples without one`, async (t) => {
    const { store } = await make(t)
    const endpoint = (name: string) => ({ 'trace endpoint': name })
    const samples = [
      ticks(['a@x.js'], 1, endpoint('GET /a')),
      ticks(['a@x.js'], 2, endpoint('GET /b')),
      ticks(['a@x.js'], 4),
    ]
    const counts = { 'GET /a': 10, 'GET /b': 20 }
    await write(store, [
      wall({ wall: samples, endpointCounts: counts }),
      wall({ wall: samples, endpointCounts: counts, tags: { version: '2' } }),
    ])
    const query = { ...all, kind: 'wall', limit: 100, orderBy: 1 }
    const grouped = await store.stackTotals({ ...query, groupBy: ['version', 'endpoint'] })
    assert.deepEqual(
      rows(grouped).map((row) => row.split(' a ')[0]),
      ['1/', '1/GET /a', '1/GET /b', '2/', '2/GET /a', '2/GET /b'],
    )
    const one = await store.stackTotals({ ...query, groupBy: [], endpoint: 'GET /b' })
    assert.deepEqual(rows(one), [' a 4 40000000 32000000'])
    const none = await store.stackTotals({ ...query, groupBy: [], endpoint: '' })
    assert.deepEqual(rows(none), [' a 8 80000000 64000000'])
    assert.deepEqual(rows(await store.stackTotals({ ...query, groupBy: [], endpoint: 'GET /c' })), [])
    const covered = await store.coverage({ ...all, kind: 'wall', groupBy: ['version'], endpoint: 'GET /b' })
    assert.deepEqual(covered.map(({ group, requests }) => [group[0], requests]).sort(), [
      ['1', 20],
      ['2', 20],
    ])
  })

  test(`${name}: gauges come as value times seconds, and other kinds are kept apart`, async (t) => {
    const { store } = await make(t)
    const heap = (bytes: number) => [{ stack: ['a@x.js'], values: [1, bytes, 2, 100] }]
    await write(store, [
      makeUpload({ startMs: base, heap: heap(1_000) }),
      makeUpload({ startMs: base + 60_000, heap: heap(3_000) }),
      wall({}),
    ])
    const totals = await store.stackTotals({ ...all, kind: 'heap', groupBy: [], limit: 100, orderBy: 1 })
    assert.deepEqual(rows(totals), [' a 120 240000 4 200'])
  })

  test(`${name}: beyond the limit stacks are one rest per group`, async (t) => {
    const { store } = await make(t)
    const samples = [ticks(['a@x.js'], 9), ticks(['b@x.js'], 1), ticks(['c@x.js'], 2)]
    await write(store, [wall({ wall: samples })])
    const totals = await store.stackTotals({ ...all, kind: 'wall', groupBy: [], limit: 1, orderBy: 1 })
    assert.deepEqual(rows(totals), [' (rest) 3 30000000 24000000', ' a 9 90000000 72000000'])
  })

  test(`${name}: a batch, a profile and a segment count once`, async (t) => {
    const { store, again } = await make(t)
    const batch = { segment: 's1', sealed: false, spans: [], profiles: columnProfiles(wall({})) }
    assert.deepEqual(await store.write({ ...batch, end: 100 }), {
      profiles: 1,
      repeated: 0,
      spans: 0,
      otherSeries: 0,
    })
    assert.deepEqual(await store.write({ ...batch, end: 100 }), {
      profiles: 0,
      repeated: 1,
      spans: 0,
      otherSeries: 0,
    })
    assert.deepEqual(await store.write({ ...batch, end: 200, sealed: true }), {
      profiles: 0,
      repeated: 1,
      spans: 0,
      otherSeries: 0,
    })
    assert.deepEqual(await store.write({ ...batch, segment: 's2', end: 50 }), {
      profiles: 0,
      repeated: 1,
      spans: 0,
      otherSeries: 0,
    })
    const opened = await again()
    assert.deepEqual([...(await opened.written())].sort(), [
      ['s1', { end: 200, sealed: true }],
      ['s2', { end: 50, sealed: false }],
    ])
    assert.equal((await opened.listProfiles({ ...all, limit: 10 })).length, 1)
    assert.deepEqual([...(await opened.recentUploads(base))], [batch.profiles[0]?.uploadId])
    assert.deepEqual([...(await opened.recentUploads(base + hourMs))], [])
  })

  test(`${name}: goes on after it was opened again`, async (t) => {
    const { store, again } = await make(t)
    await write(store, [wall({})])
    const opened = await again()
    await write(opened, [
      wall({ startMs: base + 60_000 }),
      wall({ startMs: base + 60_000, tags: { version: '2', a: 'b' } }),
    ])
    const totals = await opened.stackTotals({
      ...all,
      kind: 'wall',
      groupBy: ['version'],
      limit: 100,
      orderBy: 1,
    })
    assert.deepEqual(rows(totals), [
      '1 a 2 20000000 16000000',
      '1 a;b 4 40000000 32000000',
      '2 a 1 10000000 8000000',
      '2 a;b 2 20000000 16000000',
    ])
  })

  test(`${name}: selects as the selector says`, async (t) => {
    const { store } = await make(t)
    const values = ['', '1', '1.2', '1.20', '1_2', '1%2', '2', "it's", 'a\\b', 'ü*']
    const uploads = values.flatMap((version) =>
      ['prod', 'test'].map((env) => wall({ tags: { version, env, team: version } })),
    )
    await write(store, uploads)
    const selectors = [
      ...[
        '',
        'service:shop',
        'service:*',
        'service:none',
        'version:1*',
        'version:1.2',
        'version:1_2',
        'version:1%2',
        '-version:1*',
      ],
      ...[
        'version:1 version:2',
        '-version:1 -version:2',
        'team:1.2*',
        '-team:1*',
        'team:*2',
        'env:prod version:*.*',
      ],
      ...[
        '"version:"',
        '-"version:"',
        "version:it's",
        'version:a\\\\b',
        '"version:a\\\\b"',
        'none:*',
        'none:x',
        '-none:x',
        'version:ü*',
      ],
    ]
    for (const text of selectors) {
      const selector = parseSelector(text)
      const expected = uploads.filter(({ tags }) => matchesSelector(selector, (key) => tags.get(key) ?? ''))
      const listed = await store.listProfiles({ ...all, selector, limit: 100 })
      assert.equal(listed.length, expected.length, text)
    }
  })

  test(`${name}: lists profiles, services, tags and their values`, async (t) => {
    const { store } = await make(t)
    const upload = wall({ tags: { team: 'x' } })
    await write(store, [
      upload,
      wall({ startMs: base + 60_000 }),
      wall({ tags: { service: 'cart', version: '2' } }),
    ])
    const listed = await store.listProfiles({ ...all, selector: parseSelector('service:shop'), limit: 10 })
    assert.deepEqual(
      listed.map(({ startMs }) => startMs - base),
      [60_000, 0],
    )
    const [, first] = listed
    assert.deepEqual(
      { ...first, id: '', uploadId: '' },
      {
        ...{
          id: '',
          uploadId: '',
          name: 'wall.pprof',
          kind: 'wall',
          tags: { ...Object.fromEntries(upload.tags) },
        },
        ...{ startMs: base, endMs: base + 60_000, receivedMs: base + 60_000, samples: 2, pinned: false },
        totals: [3, 30_000_000, 24_000_000],
        blob: { key: 'segments/x.seg', offset: 0, length: upload.profiles[0]?.bytes.length },
      },
    )
    const byId = await store.listProfiles({ ...all, ids: [first?.id ?? '', 'no id'], limit: 10 })
    assert.deepEqual(byId, [first])
    assert.deepEqual(await store.tagKeys(all), ['env', 'host', 'runtime-id', 'service', 'team', 'version'])
    assert.deepEqual(await store.tagValues(all, 'service', 10), [
      { value: 'shop', profiles: 2 },
      { value: 'cart', profiles: 1 },
    ])
    const [cart] = await store.services(all)
    assert.deepEqual(cart, {
      ...{ service: 'cart', kinds: ['wall'], envs: ['prod'], versions: ['2'], processes: 1, profiles: 1 },
      ...{ firstMs: base, lastMs: base + 60_000 },
    })
    assert.deepEqual(await store.services({ fromMs: base - hourMs, toMs: base }), [])
  })

  test(`${name}: finds spans, their durations, and the profiles with their samples`, async (t) => {
    const { store } = await make(t)
    const big = 2n ** 64n - 3n
    const labels = { 'local root span id': BigInt.asIntN(64, big), 'span id': 5n }
    const start = BigInt(base) * 1_000_000n
    const spans = [100n, 200n, 300n, 400n].map((durationNanos, i) =>
      columnSpan({
        spanId: big - BigInt(i),
        startNanos: start,
        durationNanos,
        attributes: [
          ['http.method', 'GET'],
          ['n', 1],
        ],
      }),
    )
    spans.push(columnSpan({ spanId: 7n, traceIdLow: 2n, startNanos: start, kind: 'internal' }))
    await write(store, [wall({ wall: [ticks(['a@x.js'], 1, labels)] })], spans)
    const located = await store.locate({ ids: [big], fromMs: base, toMs: base + hourMs })
    assert.equal(located.length, 1)
    assert.deepEqual(await store.locate({ ids: [5n], fromMs: base, toMs: base + hourMs }), [])
    const ofTrace = await store.spans({ ...all, traceIdsLow: [1n], limit: 10 })
    assert.deepEqual(
      ofTrace.map(({ spanId }) => spanId),
      [big - 3n, big - 2n, big - 1n, big],
    )
    assert.deepEqual(ofTrace[0]?.attributes, [
      ['http.method', 'GET'],
      ['n', 1],
    ])
    assert.equal(ofTrace[0]?.tags['runtime-id'], 'r1')
    const slow = await store.spans({ ...all, endpoint: 'GET /a', minDurationNanos: 250, limit: 10 })
    assert.deepEqual(
      slow.map(({ durationNanos }) => durationNanos),
      [400n, 300n],
    )
    assert.deepEqual(
      await store.durationQuantiles({ ...all, endpoint: 'GET /a' }, [0, 0.5, 1]),
      [100, 250, 400],
    )
    assert.deepEqual(await store.durationQuantiles({ ...all, endpoint: 'GET /none' }, [0, 1]), [])
    assert.deepEqual((await store.listProfiles({ ...all, limit: 10 })).length, 1)
  })

  test(`${name}: roll-ups say what the samples say, also when run twice or after late data`, async (t) => {
    const { store } = await make(t)
    const recursive = [ticks(['a@x.js', 'b@x.js', 'a@x.js'], 3), ticks(['b@x.js', 'a@x.js'], 2)]
    await write(store, [
      wall({ endpointCounts: { 'GET /a': 5 } }),
      wall({ startMs: base + hourMs, wall: recursive, tags: { version: '2' } }),
    ])
    const stacks = async () =>
      rows(await store.stackTotals({ ...all, kind: 'wall', groupBy: ['version'], limit: 100, orderBy: 1 }))
    const functions = async () => {
      const query = { ...all, kind: 'wall', groupBy: ['version'], orderBy: 0, bySelf: true, limit: 10 }
      const { groups, frames, rowFrame, rowGroup, self, total } = await store.functionTotals(query)
      return Array.from(rowFrame, (frame, row) => {
        const by = groups[rowGroup[row] as number]?.join()
        return `${by} ${frames[frame]?.name} ${self[0]?.[row]} ${total[0]?.[row]} ${total[1]?.[row]}`
      }).sort()
    }
    const points = async () => {
      const series = await store.series({ ...all, kind: 'wall', stepMs: hourMs, groupBy: [] })
      return series.map(({ timeMs, total, processSeconds, requests }) => [
        timeMs - base,
        total[0],
        processSeconds,
        requests,
      ])
    }
    const answers = async () => [await stacks(), await functions(), await points()]
    const expected = [
      [
        '1 a 1 10000000 8000000',
        '1 a;b 2 20000000 16000000',
        '2 a;b 2 20000000 16000000',
        '2 a;b;a 3 30000000 24000000',
      ],
      ['1 a 1 3 30000000', '1 b 2 2 20000000', '2 a 3 5 50000000', '2 b 2 5 50000000'],
      [
        [0, 3, 60, 5],
        [hourMs, 5, 60, 0],
      ],
    ]
    assert.deepEqual(await answers(), expected)
    assert.deepEqual(await store.dueHours(base + hourMs), [base])
    await store.rollUp(base)
    await store.rollUp(base)
    assert.deepEqual(await answers(), expected)
    assert.deepEqual(await store.dueHours(base + 2 * hourMs), [base + hourMs])
    await store.rollUp(base + hourMs)
    assert.deepEqual(await answers(), expected)
    const late = makeUpload({ startMs: base + 120_000, wall: [ticks(['c@x.js'], 1)] })
    await write(store, [late])
    assert.deepEqual(await store.dueHours(base + 2 * hourMs), [base])
    const stale = await stacks()
    assert.deepEqual(stale.includes('1 c 1 10000000 8000000'), true)
    await store.rollUp(base)
    assert.deepEqual(await stacks(), stale)
  })

  test(`${name}: profiled time and requests are the same from roll-ups, by any step and border`, async (t) => {
    const { store } = await make(t)
    const heap = [{ stack: ['a@x.js'], values: [1, 100, 2, 100] }]
    const uploads = [0, 60_000, hourMs - 60_000, hourMs, hourMs + 30 * 60_000].flatMap((at, i) =>
      ['1', '2'].map((version) =>
        wall({
          startMs: base + at,
          heap,
          tags: { version },
          endpointCounts: { 'GET /a': i + 1, 'GET /b': 1 },
        }),
      ),
    )
    await write(store, [...uploads, wall({ tags: { 'runtime-id': 'r2' } })])
    const ranges = [
      { fromMs: base, toMs: base + hourMs },
      { fromMs: base + 60_000, toMs: base + 2 * hourMs },
      { fromMs: base, toMs: base + hourMs + 20 * 60_000 },
    ]
    const told = (points: readonly Coverage[]) =>
      points.map(({ unionSeconds: _, ...rest }) => JSON.stringify(rest)).sort()
    const answers = async () => {
      const all: string[][] = []
      for (const range of ranges) {
        const query = { ...range, selector: [], kind: 'wall' }
        for (const groupBy of [[], ['version']]) {
          all.push(told(await store.coverage({ ...query, groupBy })))
          all.push(told(await store.coverage({ ...query, groupBy, endpoint: 'GET /b' })))
        }
        for (const stepMs of [20 * 60_000, hourMs])
          all.push(told(await store.series({ ...query, stepMs, groupBy: [] })))
        all.push([JSON.stringify(await store.coverage({ ...query, kind: 'heap', groupBy: [] }))])
      }
      return all
    }
    const expected = await answers()
    assert.deepEqual(expected.slice(0, 2), [
      ['{"group":[],"profiles":7,"processSeconds":420,"requests":18}'],
      ['{"group":[],"profiles":7,"processSeconds":420,"requests":6}'],
    ])
    await store.rollUp(base)
    assert.deepEqual(await answers(), expected)
    await store.rollUp(base + hourMs)
    assert.deepEqual(await answers(), expected)
  })

  test(`${name}: expires each table by its own age, roll-ups answer for what is gone, pinned stays`, async (t) => {
    const { store } = await make(t)
    const upload = wall({ endpointCounts: { 'GET /a': 5 } })
    const profiles = columnProfiles(upload)
    await store.write({
      segment: 's',
      end: 1,
      sealed: true,
      profiles,
      spans: [columnSpan({ spanId: 1n, startNanos: BigInt(base) * 1_000_000n })],
    })
    const id = profiles[0]?.id as string
    await store.rollUp(base)
    const query = { ...all, kind: 'wall', groupBy: [], limit: 10, orderBy: 1 }
    const before = rows(await store.stackTotals(query))
    const day = 24 * hourMs
    const at = async (days: number) => {
      const { segments } = await store.expire(retentionDefaults, base + days * day)
      return segments
    }
    assert.deepEqual(await at(7), [])
    assert.equal((await store.spans({ ...all, traceIdsLow: [1n], limit: 1 })).length, 1)
    assert.deepEqual(await at(9), ['s'])
    assert.equal((await store.spans({ ...all, traceIdsLow: [1n], limit: 1 })).length, 0)
    assert.deepEqual(rows(await store.stackTotals(query)), before)
    const [listed] = await store.listProfiles({ ...all, limit: 1 })
    assert.deepEqual([listed?.id, listed?.blob, listed?.pinned], [id, undefined, false])
    const pinned = { key: 'pinned/x', offset: 0, length: 7 }
    await store.pin(id, pinned)
    await at(31)
    const [kept] = await store.listProfiles({ ...all, limit: 1 })
    assert.deepEqual([kept?.blob, kept?.pinned], [pinned, true])
    await at(366)
    assert.deepEqual(await store.listProfiles({ ...all, limit: 1 }), [])
    assert.deepEqual(rows(await store.stackTotals(query)), [])
    const functions = await store.functionTotals({
      ...all,
      kind: 'wall',
      groupBy: ['version'],
      orderBy: 1,
      bySelf: true,
      limit: 10,
    })
    assert.deepEqual(functions.frames.map(({ name }) => name).sort(), ['a', 'b'])
    const [covered] = await store.coverage({ ...all, kind: 'wall', groupBy: [] })
    assert.deepEqual([covered?.profiles, covered?.processSeconds, covered?.requests], [1, 60, 5])
    await at(401)
    assert.deepEqual(
      (await store.functionTotals({ ...all, kind: 'wall', groupBy: [], orderBy: 1, bySelf: true, limit: 10 }))
        .frames,
      [],
    )
  })

  test(`${name}: what nothing refers to is removed once a day, and comes back with what brings it`, async (t) => {
    const { store, again } = await make(t)
    const day = 24 * hourMs
    const old = [ticks(['old@x.js', 'a@x.js'], 1)]
    const query = {
      selector: [],
      fromMs: base,
      toMs: base + 100 * day,
      kind: 'wall',
      groupBy: [],
      orderBy: 1,
    }
    const stacks = async (of: ProfileStore) => rows(await of.stackTotals({ ...query, limit: 10 }))
    await write(store, [wall({ wall: old }), wall({ startMs: base + 5 * day })])
    assert.equal(await store.removeUnused(base), 0)
    await store.expire(retentionDefaults, base + 9 * day)
    assert.equal(await store.removeUnused(base + 9 * day), 2)
    assert.equal(await store.removeUnused(base + 9 * day), 0)
    const left = [' a 1 10000000 8000000', ' a;b 2 20000000 16000000']
    assert.deepEqual(await stacks(store), left)
    await write(store, [wall({ startMs: base + 9 * day, wall: old })])
    assert.deepEqual(await stacks(store), [...left, ' a;old 1 10000000 8000000'])
    const opened = await again()
    const other = [ticks(['new@x.js', 'old@x.js', 'a@x.js'], 1)]
    await write(opened, [wall({ startMs: base + 9 * day, wall: other })])
    assert.deepEqual(await stacks(opened), [
      ...left,
      ' a;old 1 10000000 8000000',
      ' a;old;new 1 10000000 8000000',
    ])
  })

  test(`${name}: functions of roll-ups stay when their stacks are gone`, async (t) => {
    const { store } = await make(t)
    const day = 24 * hourMs
    await write(store, [wall({})])
    await store.rollUp(base)
    await store.expire(retentionDefaults, base + 100 * day)
    assert.equal(await store.removeUnused(base + 100 * day), 2)
    const query = { ...all, kind: 'wall', groupBy: [], orderBy: 1, bySelf: true, limit: 10 }
    const { frames } = await store.functionTotals(query)
    assert.deepEqual(frames.map(({ name }) => name).sort(), ['a', 'b'])
  })

  test(`${name}: a process that comes back after all it sent has expired is listed again`, async (t) => {
    const { store } = await make(t)
    await write(store, [wall({})])
    const later = base + 500 * 24 * hourMs
    await store.expire(retentionDefaults, later)
    await write(store, [wall({ startMs: later })])
    const listed = await store.listProfiles({ ...all, toMs: later + hourMs, limit: 10 })
    assert.equal(listed.length, 1)
  })

  test(`${name}: endpoints beyond the limit of a service are one`, async (t) => {
    const { store } = await make(t)
    const samples = Array.from({ length: 30 }, (_, i) =>
      ticks(['a@x.js'], 1, { 'trace endpoint': `GET /${i}` }),
    )
    await write(store, [wall({ wall: samples })])
    const totals = await store.stackTotals({
      ...all,
      kind: 'wall',
      groupBy: ['endpoint'],
      limit: 100,
      orderBy: 0,
    })
    assert.equal(totals.groups.length, 11)
    assert.equal(totals.values[0]?.[totals.groups.findIndex(([name]) => name === '(other)')], 20)
  })

  test(`${name}: series and services beyond their limits are one, told by the answer, also after a restart`, async (t) => {
    const { store, again } = await make(t)
    const upload = (n: number, service = 'shop') =>
      wall({ tags: { service, 'runtime-id': `r${n}`, version: `${n}` } })
    const first = await write(
      store,
      Array.from({ length: 6 }, (_, n) => upload(n)),
    )
    assert.equal(first.otherSeries, 0)
    const opened = await again()
    const rest = await write(
      opened,
      Array.from({ length: 40 }, (_, n) => upload(n)),
    )
    assert.deepEqual([rest.profiles, rest.otherSeries], [34, 20])
    const processes = await opened.tagValues(all, 'runtime-id', 100)
    assert.equal(processes.length, 21)
    assert.deepEqual(processes[0], { value: '(other)', profiles: 20 })
    const services = Array.from({ length: 10 }, (_, n) => upload(0, `s${n}`))
    assert.equal((await write(opened, services)).otherSeries, 7)
    const names = (await opened.services(all)).map(({ service }) => service)
    assert.deepEqual(names, ['(other)', 's0', 's1', 's2', 'shop'])
    const known = await write(opened, [
      wall({ startMs: base + 60_000, tags: { 'runtime-id': 'r0', version: '0' } }),
    ])
    assert.equal(known.otherSeries, 0, 'one that was there before goes on')
  })

  test(`${name}: takes what strangers may name`, async (t) => {
    const { store } = await make(t)
    const odd = [
      "'; DROP TABLE samples; --",
      '\0',
      '\ud800',
      '\u202e',
      '$1',
      '"',
      '(rest)',
      '__proto__',
      'x'.repeat(8_000),
    ]
    const samples = odd.map((name) => ({
      ...ticks([`${name}@x.js`.replace('\0', '')], 1),
      labels: { 'trace endpoint': name },
    }))
    await write(store, [
      wall({ wall: samples, tags: Object.fromEntries(odd.map((name) => [`k${name}`, name])) }),
    ])
    for (const name of odd) {
      await store.tagValues(all, `k${name}`, 10)
      await store.listProfiles({
        ...all,
        selector: [{ key: `k${name}`, pattern: name, negated: false }],
        limit: 1,
      })
    }
    const totals = await store.stackTotals({
      ...all,
      kind: 'wall',
      groupBy: ["'", 'endpoint'],
      limit: 100,
      orderBy: 0,
    })
    assert.equal(
      totals.values[0]?.reduce((sum, value) => sum + value),
      odd.length,
    )
  })
}
