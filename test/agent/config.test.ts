import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { readConfig, variables } from '../../src/agent/config'

const docs = readFileSync(join(__dirname, '../../docs/configuration.md'), 'utf8')
const all = Object.values(variables)

test('nothing set: every default, no complaint', () => {
  const { config, complaints } = readConfig({})
  assert.deepEqual(complaints, [])
  assert.deepEqual(config, {
    enabled: 'on',
    longLivedThresholdMs: 30_000,
    service: undefined,
    env: undefined,
    version: undefined,
    tags: {},
    hostname: undefined,
    git: { enabled: true, commitSha: undefined, repositoryUrl: undefined },
    wall: true,
    heap: true,
    cpu: true,
    codeHotspots: true,
    endpoints: true,
    timeline: true,
    allocation: true,
    asyncContextFrame: true,
    heapSamplingIntervalBytes: 524_288,
    maxOverheadPercent: 2,
    sourceMaps: true,
    uploadPeriodMs: 60_000,
    uploadTimeoutMs: 60_000,
    shutdownTimeoutMs: 2_000,
    exporters: ['agent'],
    pprofPrefix: '',
    compression: { method: 'gzip', level: undefined },
    agentUrl: undefined,
    agentless: false,
    site: 'datadoghq.com',
    apiKey: undefined,
    externalEnv: undefined,
    spool: { dir: undefined, maxBytes: 16_777_216 },
  })
})

test('the documentation has each variable once, with its default and its old names', () => {
  const rows = new Map(
    [...docs.matchAll(/^\| `(\w+)` \| (?:`([^`]*)`)? ?\| (.*) \|$/gm)].map(([, name, fallback, text]) => [
      name,
      {
        fallback: fallback ?? '',
        aliases: [...(text ?? '').matchAll(/Also read as `(\w+)`/g)].map((found) => found[1]),
      },
    ]),
  )
  for (const reason of ['network', 'timeout', 'refused', 'displaced', 'shutdown']) rows.delete(reason)
  const expected = all.map(
    ({ name, fallbackText, aliases }) => [name, { fallback: fallbackText, aliases: [...aliases] }] as const,
  )
  const isVariable = ([name]: readonly [string | undefined, unknown]) => /^[A-Z]/.test(name ?? '')
  assert.deepEqual(Object.fromEntries([...rows].filter(isVariable)), Object.fromEntries(expected))
})

test('the documentation names the bounds of each variable that has some', () => {
  const bounded = all.flatMap(({ name, expected }) => {
    const bounds = /from (\d+) to (\d+)$/.exec(expected)?.slice(1)
    return bounds === undefined ? [] : [{ name, bounds: bounds.join(' to ') }]
  })
  assert.ok(bounded.length >= 8)
  const undocumented = bounded.filter(({ name, bounds }) => {
    const row = docs.split('\n').find((line) => line.startsWith(`| \`${name}\``))
    return !row?.includes(bounds)
  })
  assert.deepEqual(undocumented, [])
})

const wrong: Partial<Record<keyof typeof variables, string>> = {
  enabled: 'maybe',
  longLivedThresholdMs: '0',
  tags: 'no colon,here',
  reportHostname: 'yes',
  gitEnabled: '2',
  gitCommitSha: 'main',
  profilers: 'space,walls',
  wall: 'on',
  heap: 'off',
  cpu: 'x',
  codeHotspots: 'x',
  endpoints: 'x',
  timeline: 'x',
  allocation: 'x',
  asyncContextFrame: 'x',
  heapSamplingIntervalBytes: '-1',
  maxOverheadPercent: '2 %',
  sourceMaps: 'x',
  uploadPeriodS: '1e3',
  uploadTimeoutMs: '60s',
  exporters: 'agent,carrier-pigeon',
  compression: 'gzip-10',
  agentUrl: 'ftp://example.org',
  agentHost: 'a b',
  agentPort: '70000',
  agentless: 'x',
  site: 'evil.example/path',
  apiKey: 'two words',
  externalEnv: 'a\u0001b',
  shutdownTimeoutMs: '99999999',
  spoolBytes: 'lots',
}

for (const [key, value] of Object.entries(wrong)) {
  const { name, fallbackText, secret } = variables[key as keyof typeof variables]
  test(`a wrong ${name} is named once, with its value and what is used instead`, () => {
    const { config, complaints } = readConfig({ [name]: value })
    // A port, even a wrong one, says that the agent is reached by TCP.
    const agentUrl = key === 'agentPort' ? 'http://127.0.0.1:8126' : undefined
    assert.deepEqual(config, { ...readConfig({}).config, agentUrl })
    assert.equal(complaints.length, 1)
    const [line = ''] = complaints
    assert.ok(line.startsWith(`${name}=${secret ? '***' : JSON.stringify(value)} is not `), line)
    assert.ok(line.endsWith(fallbackText === '' ? '; it is ignored.' : `; using ${fallbackText}.`), line)
    assert.ok(!line.includes('\n'))
  })
}

test('every variable that can be wrong is tried above', () => {
  const anyText = all.filter(({ expected }) => expected === 'text').map(({ name }) => name)
  const tried = Object.keys(wrong).map((key) => variables[key as keyof typeof variables].name)
  assert.deepEqual([...tried, ...anyText].sort(), all.map(({ name }) => name).sort())
})

test('old names are read where the new one is not set, and named in complaints', () => {
  assert.equal(readConfig({ DD_EXPERIMENTAL_PROFILING_ENABLED: 'auto' }).config.enabled, 'auto')
  assert.equal(readConfig({ DD_PROFILING_EXPERIMENTAL_CPU_ENABLED: '0' }).config.cpu, false)
  const both = { DD_PROFILING_CPU_ENABLED: '1', DD_PROFILING_EXPERIMENTAL_CPU_ENABLED: '0' }
  assert.equal(readConfig(both).config.cpu, true)
  const [line] = readConfig({ DD_EXPERIMENTAL_PROFILING_ENABLED: 'x' }).complaints
  assert.match(
    line ?? '',
    /^DD_EXPERIMENTAL_PROFILING_ENABLED="x" is not true, false, 1, 0 or auto; using true\.$/,
  )
})

test('empty and blank values are as if not set', () => {
  assert.deepEqual(readConfig({ DD_ENV: '', DD_PROFILING_UPLOAD_PERIOD: '  ', DD_TAGS: '' }), readConfig({}))
})

test('profilers: the list, then the two switches', () => {
  const { wall, heap } = readConfig({ DD_PROFILING_PROFILERS: 'cpu' }).config
  assert.deepEqual([wall, heap], [true, false])
  const switched = {
    DD_PROFILING_PROFILERS: 'wall',
    DD_PROFILING_WALLTIME_ENABLED: '0',
    DD_PROFILING_HEAP_ENABLED: '1',
  }
  const second = readConfig(switched).config
  assert.deepEqual([second.wall, second.heap], [false, true])
})

test('DD_TAGS: commas or blanks; service, env and version fill what is not set', () => {
  const tags = 'team: core ,service:shop,env:prod,a:b:c,empty:'
  const { config } = readConfig({ DD_TAGS: tags, DD_ENV: 'staging' })
  assert.deepEqual(config.tags, { team: 'core', a: 'b:c' })
  assert.deepEqual([config.service, config.env, config.version], ['shop', 'staging', undefined])
  assert.deepEqual(readConfig({ DD_TAGS: 'a:1  b:2' }).config.tags, { a: '1', b: '2' })
  assert.deepEqual(Object.keys(readConfig({ DD_TAGS: '__proto__:x,constructor:y' }).config.tags), [
    '__proto__',
    'constructor',
  ])
})

test('the address is the URL, else made of host and port', () => {
  const url = (env: Record<string, string>) => readConfig(env).config.agentUrl
  assert.equal(url({ DD_TRACE_AGENT_URL: 'https://a:1', DD_AGENT_HOST: 'b' }), 'https://a:1')
  assert.equal(url({ DD_AGENT_HOST: 'b' }), 'http://b:8126')
  assert.equal(url({ DD_TRACE_AGENT_PORT: '9' }), 'http://127.0.0.1:9')
  assert.equal(url({ DD_AGENT_HOST: '::1', DD_TRACE_AGENT_PORT: '9' }), 'http://[::1]:9')
  assert.equal(url({}), undefined)
})

test('agentless: asked for, or key and site without an address', () => {
  const agentless = (env: Record<string, string>) => readConfig(env).config.agentless
  const keyAndSite = { DD_API_KEY: 'k', DD_SITE: 'datadoghq.eu' }
  assert.equal(agentless(keyAndSite), true)
  assert.equal(agentless({ DD_API_KEY: 'k' }), false)
  assert.equal(agentless({ ...keyAndSite, DD_AGENT_HOST: 'a' }), false)
  assert.equal(agentless({ ...keyAndSite, DD_PROFILING_AGENTLESS: 'false' }), false)
  assert.equal(agentless({ DD_API_KEY: 'k', DD_AGENT_HOST: 'a', DD_PROFILING_AGENTLESS: '1' }), true)
  const { config, complaints } = readConfig({ DD_PROFILING_AGENTLESS: '1' })
  assert.equal(config.agentless, false)
  assert.deepEqual(complaints, [
    'DD_PROFILING_AGENTLESS=true needs DD_API_KEY, which is not set; using the agent.',
  ])
})

test('passwords and keys are in no complaint', () => {
  const { complaints } = readConfig({
    DD_TRACE_AGENT_URL: 'ftp://user:secret@host/',
    DD_API_KEY: 'secret secret',
  })
  assert.equal(complaints.length, 2)
  assert.ok(!complaints.join().includes('secret'), complaints.join())
})

test('any environment gives a configuration and lines of bounded length', () => {
  const name = fc.constantFrom(...all.map((variable) => variable.name))
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string(),
    fc.constantFrom(...Object.values(wrong)),
  )
  fc.assert(
    fc.property(fc.dictionary(name, value), (environment) => {
      const { config, complaints } = readConfig(environment)
      assert.doesNotThrow(() => structuredClone(config))
      for (const line of complaints) assert.ok(line.length < 1_200 && !/[\n\r]/.test(line))
    }),
  )
})
