import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Profile } from 'pprof-format'
import { compile, encoder, runProgram, splitBlocks } from './compile'

type LabelSet = [
  span: string,
  root: string,
  traceHigh: string,
  traceLow: string,
  endpoint: string,
  custom: [key: string, text: string, number: string][],
]
type Clocks = [time: string, cpu: string, idle: string]

interface Window {
  thread: number
  begin: Clocks
  end: Clocks
  /** Every tick has a sample that counts, so the lines come out exactly. */
  allBusy: boolean
  nodes: [parent: number, name: string, script: string, callLine: number][]
  labelSets: LabelSet[]
  /** `labels` is an index + 1 into labelSets, 0 for none. */
  ticks: [before: string, after: string, labels: number][]
  samples: [micros: string, node: number, state: number][]
  lines: [node: number, line: number, count: number][]
}

/** What wall_profile_twin.cc fed; 64-bit numbers are decimal strings. */
interface Interval {
  cpu: boolean
  spanIds: boolean
  endpoints: boolean
  timeline: boolean
  windows: Window[]
  /** By thread: what no sample has taken yet. */
  pending: [wall: string, cpu: string][]
  others: [name: string, nanos: string][]
}

interface PlainSample {
  /** Leaf first: name, file and line. */
  frames: [name: string, file: string, line: number][]
  labels: Record<string, string>
  values: bigint[]
}

const stateNames = 'js gc parser bytecode-compiler compiler other external atomics-wait idle'
  .split(' ')
  .map((name) => name.replace('-', ' '))
const int64 = (text: string) => BigInt.asIntN(64, BigInt(text)).toString()
const hex = (text: string) => BigInt(text).toString(16).padStart(16, '0')
const path = (script: string) => (script.startsWith('file://') ? fileURLToPath(script) : script)

function decode(bytes: Uint8Array): PlainSample[] {
  const profile = Profile.decode(bytes)
  const text = (index: number | bigint) => profile.stringTable.strings[Number(index)] as string
  const functions = new Map(profile.function.map((entry) => [entry.id, entry]))
  const lines = new Map(profile.location.map((entry) => [entry.id, entry.line[0]]))
  return profile.sample.map((sample) => ({
    frames: sample.locationId.map((id) => {
      const line = lines.get(id)
      const entry = functions.get(line?.functionId ?? 0)
      assert.ok(line && entry)
      return [text(entry.name), text(entry.filename), Number(line.line)]
    }),
    labels: Object.fromEntries(
      sample.label.map((label) => [
        text(label.key),
        label.str ? text(label.str) : BigInt.asIntN(64, BigInt(label.num)).toString(),
      ]),
    ),
    values: sample.value.map((value) => BigInt.asIntN(64, BigInt(value))),
  }))
}

/** Everything about a sample but its weight, and the leaf's line, which V8 tells per node only. */
const identity = ({ frames, labels }: PlainSample) =>
  JSON.stringify([
    frames.map(([name, file, line], i) => (i === 0 ? [name, file] : [name, file, line])),
    Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)),
  ])

const count = (map: Map<string, bigint>, key: string, by: bigint) => map.set(key, (map.get(key) ?? 0n) + by)
const sorted = (map: Map<string, bigint>) =>
  [...map].filter(([, n]) => n !== 0n).sort(([a], [b]) => (a < b ? -1 : 1))

const labelsOf = (interval: Interval, thread: number, state: number, nanos: string, set?: LabelSet) => {
  const labels: Record<string, string> = {
    'thread name': `Worker #${thread}`,
    'thread id': String(thread),
    'os thread id': String(4711 + thread),
    'vm state': stateNames[state] as string,
  }
  if (interval.timeline) labels.end_timestamp_ns = nanos
  if (!set) return labels
  const [span, root, traceHigh, traceLow, endpoint, custom] = set
  if (interval.spanIds && span !== '0') {
    labels['span id'] = int64(span)
    if (root !== '0') labels['local root span id'] = int64(root)
    if (traceHigh !== '0' || traceLow !== '0') labels['trace id'] = hex(traceHigh) + hex(traceLow)
  }
  if (interval.endpoints && endpoint !== '') labels['trace endpoint'] = endpoint
  for (const [key, text, number] of custom) labels[key] = text || number
  return labels
}

/** The slow, obvious way from windows to samples, weights left out. */
function expectedCounts(interval: Interval) {
  const identities = new Map<string, bigint>()
  const leafLines = new Map<string, bigint>()
  for (const window of interval.windows) {
    const idleFrames: PlainSample['frames'] = [['(idle)', '', 0]]
    let idle = 0n
    for (const [before, after, labels] of window.ticks) {
      const sample = window.samples.find(
        ([micros]) => BigInt(micros) * 1000n >= BigInt(before) && BigInt(micros) * 1000n <= BigInt(after),
      )
      if (!sample) continue
      const [, leaf, state] = sample
      if (state >= 8) {
        idle++
        continue
      }
      const frames: PlainSample['frames'] = []
      for (let index = leaf, line = 0; index > 0; ) {
        const [parent, name, script, callLine] = window.nodes[index] as Window['nodes'][number]
        frames.push([name || '(anonymous)', path(script), script === '' ? 0 : line])
        line = callLine
        index = parent
      }
      const set = labels === 0 ? undefined : window.labelSets[labels - 1]
      const plain = { frames, labels: labelsOf(interval, window.thread, state, before, set), values: [] }
      count(identities, identity(plain), 1n)
    }
    if (window.end[2] !== window.begin[2]) {
      const plain = {
        frames: idleFrames,
        labels: labelsOf(interval, window.thread, 8, window.end[0]),
        values: [],
      }
      count(identities, identity(plain), idle)
    }
    for (const [node, line, ticks] of window.lines) {
      const [, name, script] = window.nodes[node] as Window['nodes'][number]
      if (script !== '')
        count(leafLines, JSON.stringify([name || '(anonymous)', path(script), line]), BigInt(ticks))
    }
  }
  return { identities, leafLines }
}

function compare(seed: number, bytes: Uint8Array, interval: Interval): number {
  const samples = decode(bytes)
  const own = samples.filter(({ labels }) => labels['thread id'] !== 'NA')
  const others = samples.filter(({ labels }) => labels['thread id'] === 'NA')
  assert.deepEqual(
    others.map(({ frames, values }) => [frames[0]?.[0], frames[1]?.[0], values[2]]),
    interval.cpu ? interval.others.map(([name, nanos]) => [name, 'Non-JS threads', BigInt(nanos)]) : [],
    `seed ${seed}`,
  )

  // The profile's clock is the epoch's, the windows' is monotonic.
  const expected = expectedCounts(interval)
  const times = own.map(({ labels }) => BigInt(labels.end_timestamp_ns ?? 0)).sort((a, b) => (a < b ? -1 : 1))
  const expectedTimes = [...expected.identities.keys()]
    .map((key) => BigInt(/"end_timestamp_ns","(\d+)"/.exec(key)?.[1] ?? 0))
    .sort((a, b) => (a < b ? -1 : 1))
  const offset = (times[0] ?? 0n) - (expectedTimes[0] ?? 0n)
  const identities = new Map<string, bigint>()
  for (const sample of own) {
    const { end_timestamp_ns: time, ...labels } = sample.labels
    const shifted =
      time === undefined ? labels : { ...labels, end_timestamp_ns: String(BigInt(time) - offset) }
    count(identities, identity({ ...sample, labels: shifted }), sample.values[0] as bigint)
  }
  assert.deepEqual(sorted(identities), sorted(expected.identities), `seed ${seed}`)

  const leafLines = new Map<string, bigint>()
  for (const { frames, values } of own) {
    if (frames[0]?.[2]) count(leafLines, JSON.stringify(frames[0]), values[0] as bigint)
  }
  if (interval.windows.every(({ allBusy }) => allBusy)) {
    assert.deepEqual(sorted(leafLines), sorted(expected.leafLines), `seed ${seed}`)
  }
  for (const leaf of leafLines.keys())
    assert.ok(expected.leafLines.has(leaf), `seed ${seed}: no line tick for ${leaf}`)

  interval.pending.forEach(([pendingWall, pendingCpu], thread) => {
    const windows = interval.windows.filter((window) => window.thread === thread)
    const elapsed = (clock: 0 | 1) =>
      windows.reduce((sum, { begin, end }) => sum + BigInt(end[clock]) - BigInt(begin[clock]), 0n)
    const mine = own.filter(({ labels }) => labels['thread id'] === String(thread))
    const total = (type: number) => mine.reduce((sum, { values }) => sum + (values[type] ?? 0n), 0n)
    const surplus = total(1) + BigInt(pendingWall) - elapsed(0)
    const rounding = BigInt(windows.reduce((sum, { ticks }) => sum + ticks.length + 1, 0))
    assert.ok(surplus >= 0n && surplus <= rounding, `seed ${seed}: wall is ${surplus} ns off`)
    if (interval.cpu) assert.equal(total(2) + BigInt(pendingCpu), elapsed(1), `seed ${seed}: cpu`)
  })
  return own.length
}

const sources = [
  ...[
    'wall_profile',
    'wall_encoder',
    'wall_sample',
    'interval_labels',
    'filed_ticks',
    'weights',
    'line_split',
  ].map((name) => `native/${name}.cc`),
  ...encoder,
]
const seeds = 200

test('random windows come out as what was put in: stacks, lines, labels, and sums that match the clocks', async (t) => {
  const program = await compile('wall_profile_twin', sources, 'address,undefined')
  const canary = runProgram(program, ['planted-overflow'])
  assert.match(canary.stderr, /insufficient space|heap-buffer-overflow/)
  const { stdout, stderr, end } = runProgram(program, ['1', String(seeds)])
  assert.deepEqual({ end, stderr }, { end: 0, stderr: '' })
  const blocks = splitBlocks(stdout)
  assert.equal(blocks.length, seeds * 2)
  let samples = 0
  for (let i = 0; i < seeds; i++) {
    const interval = JSON.parse((blocks[i * 2 + 1] as Buffer).toString()) as Interval
    samples += compare(i + 1, blocks[i * 2] as Buffer, interval)
  }
  t.diagnostic(`${seeds} intervals, ${samples} samples compared, 0 differences; ASAN and UBSAN, 0 reports`)
})
