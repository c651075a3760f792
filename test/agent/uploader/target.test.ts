import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../../../src/agent/config'
import { findTarget } from '../../../src/agent/uploader/target'

const target = (env: Record<string, string>, socketExists = false) => {
  const { origin, path, socketPath, apiKey } = findTarget(readConfig(env).config, () => socketExists)
  return [socketPath ?? origin, path, apiKey]
}
const input = '/profiling/v1/input'

test('nothing set: the socket if it exists, else the port', () => {
  assert.deepEqual(target({}), ['http://127.0.0.1:8126', input, undefined])
  assert.deepEqual(target({}, true), ['/var/run/datadog/apm.socket', input, undefined])
})

test('an address is preferred to the socket', () => {
  assert.deepEqual(target({ DD_AGENT_HOST: 'agent' }, true), ['http://agent:8126', input, undefined])
  assert.deepEqual(target({ DD_TRACE_AGENT_URL: 'http://[::1]:9/' }, true), [
    'http://[::1]:9',
    input,
    undefined,
  ])
})

test('a URL may have a path, which comes first', () => {
  assert.deepEqual(target({ DD_TRACE_AGENT_URL: 'https://host/agents/1/' }), [
    'https://host',
    `/agents/1${input}`,
    undefined,
  ])
})

test('unix sockets and Windows pipes', () => {
  assert.deepEqual(target({ DD_TRACE_AGENT_URL: 'unix:///run/a%20b.socket' }), [
    '/run/a b.socket',
    input,
    undefined,
  ])
  assert.deepEqual(target({ DD_TRACE_AGENT_URL: 'unix:/run/a.socket' }), ['/run/a.socket', input, undefined])
  assert.deepEqual(target({ DD_TRACE_AGENT_URL: 'unix://./pipe/agent' }), [
    '//./pipe/agent',
    input,
    undefined,
  ])
})

test('agentless', () => {
  assert.deepEqual(target({ DD_API_KEY: 'k', DD_SITE: 'datadoghq.eu' }), [
    'https://intake.profile.datadoghq.eu',
    '/api/v2/profile',
    'k',
  ])
})

test('the key goes only where nobody can read it on the way', () => {
  const key = (url: string) => target({ DD_API_KEY: 'k', DD_TRACE_AGENT_URL: url })[2]
  for (const url of [
    'https://host',
    'unix:///a.socket',
    'http://localhost:1',
    'http://127.0.0.1',
    'http://[::1]:1',
  ]) {
    assert.equal(key(url), 'k', url)
  }
  for (const url of [
    'http://host',
    'http://10.0.0.1',
    'http://localhost.example',
    'http://127.0.0.1.example',
  ]) {
    assert.equal(key(url), undefined, url)
  }
})

test('a name for messages has no password', () => {
  const { name } = findTarget(readConfig({ DD_TRACE_AGENT_URL: 'http://u:secret@host:1/x' }).config)
  assert.equal(name, 'http://host:1')
})
