import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { test } from 'node:test'
import fc from 'fast-check'
import { readConfig } from '../../../src/agent/config'
import { buildEvent, type IntervalReport } from '../../../src/agent/uploader/event'
import type { ProcessFacts } from '../../../src/agent/uploader/process-facts'
import { limitValues } from '../../../src/pprof/limits'
import { parseEvent } from '../../../src/pprof/upload'

const facts = {
  service: 'from-package',
  containerId: undefined,
  entityId: undefined,
  commitSha: undefined,
  repositoryUrl: undefined,
}
const report = {
  kind: 'periodic' as const,
  sequence: 7,
  startMs: Date.parse('2026-11-22T00:32:21.929Z'),
  endMs: Date.parse('2026-11-22T00:33:21.995Z'),
  attachments: ['space.pprof', 'wall.pprof'],
  endpointCounts: { 'GET /a/:id': 870 },
  measured: { matchRate: 1 },
  uploads: { sent: 6 },
  hasMissingSourceMaps: false,
}
type Changes = Partial<ProcessFacts & IntervalReport>
function build(env: Record<string, string>, changes: Changes = {}) {
  const identity = {
    config: readConfig(env).config,
    facts: { ...facts, ...changes },
    runtimeId: '22c90aa0-7dec-11d0-a765-00a0c91e6bf6',
    profilerVersion: '0.1.0',
    startTimeMs: Date.parse('2026-11-22T00:00:00Z'),
    engine: { name: 'native', labelMode: 'frames' },
  }
  return buildEvent(identity, { ...report, ...changes })
}
const read = (event: object) => parseEvent(Buffer.from(JSON.stringify(event)), limitValues())

test('the intake reads every tag', () => {
  const env = {
    DD_SERVICE: 'shop',
    DD_ENV: 'prod',
    DD_VERSION: '1.2.3',
    DD_TAGS: 'team:core',
    DD_HOSTNAME: 'web-1',
  }
  const git = { commitSha: '0123456789abcdef', repositoryUrl: 'https://example.org/shop.git' }
  const { tags, startMs, endMs } = read(build(env, git))
  assert.deepEqual(Object.fromEntries(tags), {
    language: 'javascript',
    runtime: 'nodejs',
    runtime_arch: process.arch,
    runtime_os: process.platform,
    runtime_version: process.version,
    process_id: String(process.pid),
    profiler_version: '0.1.0',
    format: 'pprof',
    service: 'shop',
    env: 'prod',
    version: '1.2.3',
    'runtime-id': '22c90aa0-7dec-11d0-a765-00a0c91e6bf6',
    host: 'web-1',
    'git.repository_url': 'https://example.org/shop.git',
    'git.commit.sha': '0123456789abcdef',
    snapshot: 'periodic',
    profile_seq: '7',
    team: 'core',
  })
  assert.deepEqual([startMs, endMs], [report.startMs, report.endMs])
})

test('what is not known is left out; nothing is ever undefined', () => {
  const event = build({ DD_TRACE_REPORT_HOSTNAME: 'false' })
  const { tags } = read(event)
  for (const key of ['env', 'version', 'host', 'git.commit.sha', 'git.repository_url'])
    assert.ok(!tags.has(key), key)
  assert.equal(tags.get('service'), 'from-package')
  assert.ok(!JSON.stringify(event).includes('undefined'))
  assert.equal(read(build({})).tags.get('host'), hostname())
})

test('the platform’s fields are those of Datadog’s clients', () => {
  const { family, version, attachments, endpoint_counts, info } = build({ DD_SERVICE: 'shop' })
  assert.deepEqual([family, version], ['node', '4'])
  assert.deepEqual(attachments, ['space.pprof', 'wall.pprof'])
  assert.deepEqual(endpoint_counts, { 'GET /a/:id': 870 })
  assert.deepEqual(Object.keys(info ?? {}), ['application', 'platform', 'profiler', 'runtime'])
  const profiler = info?.profiler as Record<string, unknown> | undefined
  assert.deepEqual([profiler?.measured, profiler?.uploads], [{ matchRate: 1 }, { sent: 6 }])
})

test('DD_TAGS cannot replace what the agent knows', () => {
  const { tags } = read(
    build({ DD_TAGS: 'runtime-id:forged,snapshot:x,language:cobol,host:h', DD_TRACE_REPORT_HOSTNAME: '0' }),
  )
  assert.equal(tags.get('runtime-id'), '22c90aa0-7dec-11d0-a765-00a0c91e6bf6')
  assert.equal(tags.get('snapshot'), 'periodic')
  assert.equal(tags.get('language'), 'javascript')
  // Nothing is known of the host, so that one is theirs.
  assert.equal(tags.get('host'), 'h')
})

test('any value arrives as it was, but for control characters, blanks around it and its length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (value) => {
      const { tags } = read(build({ DD_SERVICE: 'a', DD_VERSION: value.replaceAll('\0', '') }))
      const arrived = tags.get('version') ?? ''
      assert.ok(arrived.length <= 400 && !/[\p{Cc}\u2028\u2029]/u.test(arrived))
      assert.equal(tags.get('service'), 'a')
      assert.equal(tags.get('profile_seq'), '7')
    }),
  )
  const { tags } = read(build({ DD_VERSION: 'C:\\a,b\\,c:d' }))
  assert.equal(tags.get('version'), 'C:\\a,b\\,c:d')
})

test('a clock that was set back does not make an interval that ends before it starts', () => {
  const { start, end } = build({}, { endMs: 0 })
  assert.equal(end, start)
})
