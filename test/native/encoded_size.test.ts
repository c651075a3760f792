import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { serializeTimeProfile } from '@datadog/pprof/out/src/profile-serializer'
import { type Label, Profile } from 'pprof-format'
import { compile, encoder, runProgram } from './compile'

type PeerProfile = Parameters<typeof serializeTimeProfile>[0]
type PeerNode = PeerProfile['topDownRoot'] & {
  children: PeerNode[]
  contexts: {
    context: { labels: Record<string, string | number | bigint> }
    timestamp: bigint
    cpuTime: number
  }[]
}

const intervalMicros = 10101

const peerNode = (name: string, scriptName: string, lineNumber: number): PeerNode =>
  ({
    name,
    scriptName,
    scriptId: 0,
    lineNumber,
    columnNumber: 0,
    hitCount: 0,
    children: [],
    contexts: [],
  }) as PeerNode

/** Encodes a profile as @datadog/pprof does: from the call tree that its native part hands over. */
function encodeAsPeer(bytes: Uint8Array): Uint8Array {
  const profile = Profile.decode(bytes)
  const { strings } = profile.stringTable
  const text = (index: number | bigint) => strings[Number(index)] as string
  const functions = new Map(profile.function.map((entry) => [entry.id, entry]))
  const locations = new Map(profile.location.map((entry) => [entry.id, entry]))
  const scriptIds = new Map<string, number>()
  const timestampOf = (labels: Label[]) =>
    BigInt(labels.find((label) => text(label.key) === 'end_timestamp_ns')?.num ?? 0)

  const topDownRoot = peerNode('(root)', '', 0)
  const childrenOf = new Map<PeerNode, Map<number | bigint, PeerNode>>()
  const bySampleTime = [...profile.sample].sort((a, b) => Number(timestampOf(a.label) - timestampOf(b.label)))
  for (const sample of bySampleTime) {
    let node = topDownRoot
    for (const id of [...sample.locationId].reverse()) {
      const siblings = childrenOf.get(node) ?? new Map<number | bigint, PeerNode>()
      childrenOf.set(node, siblings)
      let child = siblings.get(id)
      if (!child) {
        const line = locations.get(id)?.line[0]
        const entry = functions.get(line?.functionId ?? 0)
        assert.ok(line && entry)
        const file = text(entry.filename)
        child = peerNode(text(entry.name), file, Number(line.line))
        scriptIds.set(file, scriptIds.get(file) ?? scriptIds.size + 1)
        child.scriptId = scriptIds.get(file) as number
        siblings.set(id, child)
        node.children.push(child)
      }
      node = child
    }
    const labels = sample.label.map((label) => [text(label.key), label.str ? text(label.str) : label.num])
    node.hitCount += 1
    node.contexts.push({
      context: { labels: Object.fromEntries(labels) },
      timestamp: timestampOf(sample.label) / 1000n,
      cpuTime: Number(sample.value[2]),
    })
  }
  const peer = serializeTimeProfile(
    {
      topDownRoot,
      startTime: 0,
      endTime: 60_000_000,
      hasCpuTime: true,
      nonJSThreadsCpuTime: 0,
    } as PeerProfile,
    intervalMicros,
    undefined,
    false,
    (({ context }) => (context as unknown as PeerNode['contexts'][number]).context.labels) as Parameters<
      typeof serializeTimeProfile
    >[4],
  )
  assert.equal(peer.sample.length, profile.sample.length)
  assert.equal(peer.sample[0]?.label.length, profile.sample[0]?.label.length)
  return peer.encode()
}

const gzipped = (bytes: Uint8Array) => gzipSync(bytes).length

for (const [samplesPerTrace, most] of [
  ['1', 1.6],
  ['8', 1.3],
] as const) {
  test(`a made-up minute is no larger than the peer's, ${samplesPerTrace} sample(s) a trace`, async (t) => {
    const program = await compile('made_up_profile', ['test/native/random_profile.cc', ...encoder])
    const same = runProgram(program, [samplesPerTrace, '1']).stdout
    const more = runProgram(program, [samplesPerTrace, '0']).stdout
    const peer = gzipped(encodeAsPeer(same))
    t.diagnostic(
      `gzip: peer ${peer} bytes, same information ${gzipped(same)} (${(gzipped(same) / peer).toFixed(2)}), ` +
        `with lines, trace ids and measured wall time ${gzipped(more)} (${(gzipped(more) / peer).toFixed(2)})`,
    )
    assert.ok(gzipped(same) <= peer)
    assert.ok(gzipped(more) <= most * peer)
  })
}
