import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../../../src/agent/config'
import { findContainerId, headSha, readProcessFacts } from '../../../src/agent/uploader/process-facts'

const id = '3726184226f5d3147c25fdeab5b60097e378e8a720503a5e19ecfdf29f869860'
const sha = '0123456789abcdef0123456789abcdef01234567'
const files = (texts: Record<string, string>) => (path: string) => texts[path]
const facts = (texts: Record<string, string>, env = {}, mainScript = '/srv/app/bin/server.js') =>
  readProcessFacts(readConfig(env).config, mainScript, '/srv/app', files(texts))

test('container ids in the forms of Docker, Kubernetes, systemd, Fargate and Cloud Foundry', () => {
  const cases: [string, string | undefined][] = [
    [`13:name=systemd:/docker/${id}`, id],
    [`11:perf_event:/kubepods/besteffort/pod3d274242-8ee0-11e9-a8a6-1e68d864ef1a/${id}`, id],
    [`1:name=systemd:/system.slice/docker-${id}.scope`, id],
    [
      '9:cpuset:/ecs/task/34dc0b5e626f2c5c4c5170e34b10e765-1234567890',
      '34dc0b5e626f2c5c4c5170e34b10e765-1234567890',
    ],
    [
      '1:name=systemd:/garden/6f265890-5165-7fab-6b52-18d1/6f265890-5165-7fab-6b52-18d1',
      '6f265890-5165-7fab-6b52-18d1',
    ],
    ['0::/', undefined],
    ['0::/user.slice/user-1000.slice/session-2.scope', undefined],
    ['', undefined],
  ]
  for (const [cgroup, expected] of cases) assert.equal(findContainerId(cgroup), expected, cgroup)
})

test('the entity is the container, and nothing for the root of all cgroups', () => {
  const { containerId, entityId } = facts({ '/proc/self/cgroup': `0::/docker/${id}\n` })
  assert.deepEqual([containerId, entityId], [id, `ci-${id}`])
  assert.equal(facts({ '/proc/self/cgroup': '0::/\n' }).entityId, undefined)
})

test('service: the nearest package.json with a name, else the file', () => {
  const names = {
    '/srv/app/bin/package.json': '{"type":"module"}',
    '/srv/app/package.json': '{"name":"@acme/shop"}',
  }
  assert.equal(facts(names).service, '@acme/shop')
  assert.equal(facts({ '/srv/app/package.json': '{' }).service, 'server')
  assert.equal(facts({ '/srv/app/package.json': '{"name":5}' }, {}, '').service, 'node')
})

test('commit: the environment, else .git/HEAD, loose, packed or detached', () => {
  const head = { '/srv/app/.git/HEAD': 'ref: refs/heads/main\n' }
  assert.equal(facts(head, { DD_GIT_COMMIT_SHA: 'abcdef1' }).commitSha, 'abcdef1')
  assert.equal(headSha('/srv/app', files({ ...head, '/srv/app/.git/refs/heads/main': `${sha}\n` })), sha)
  assert.equal(
    headSha('/srv/app', files({ ...head, '/srv/app/.git/packed-refs': `# pack\n${sha} refs/heads/main\n` })),
    sha,
  )
  assert.equal(headSha('/srv/app', files({ '/srv/app/.git/HEAD': sha })), sha)
})

test('no commit: no repository, switched off, or a file that is something else', () => {
  const loose = { '/srv/app/.git/HEAD': 'ref: refs/heads/main', '/srv/app/.git/refs/heads/main': sha }
  assert.equal(facts({}).commitSha, undefined)
  assert.equal(facts(loose, { DD_TRACE_GIT_METADATA_ENABLED: 'false' }).commitSha, undefined)
  for (const head of ['hello', 'ref: refs/../../../etc/passwd', 'ref: /etc/passwd', '']) {
    assert.equal(headSha('/srv/app', files({ '/srv/app/.git/HEAD': head, '/etc/passwd': sha })), undefined)
  }
  assert.equal(headSha('/srv/app', files({ ...loose, '/srv/app/.git/refs/heads/main': 'secret' })), undefined)
})

test('the repository without user and password', () => {
  const config =
    '[core]\n\tbare = false\n[remote "origin"]\n\turl = https://user:token@example.org/a/b.git\n\tfetch = x\n'
  assert.equal(facts({ '/srv/app/.git/config': config }).repositoryUrl, 'https://example.org/a/b.git')
  const { repositoryUrl } = facts({}, { DD_GIT_REPOSITORY_URL: 'git@example.org:a/b.git' })
  assert.equal(repositoryUrl, 'git@example.org:a/b.git')
})
