import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { spawnIntake } from './child'
import { event, rawUpload, realProfile, statusOf, tempDir, uploadBody } from './helpers'

const root = join(__dirname, '../..')
const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync(process.execPath, ['--import', 'tsx', join(root, 'src/intake/main.ts'), ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })

async function takesConnections(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const isTaken = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return isTaken
}

test('one line at start; SIGTERM finishes what is in hand, and exits with 0', async (t) => {
  const dir = tempDir(t)
  const intake = await spawnIntake(t, dir)
  assert.deepEqual(intake.lines, [`acme-profiler intake: listening on ${intake.url}, storing in ${dir}`])
  const { hostname, port } = new URL(intake.url)
  const socket = connect(Number(port), hostname)
  const idle = connect(Number(port), hostname)
  await Promise.all([once(socket, 'connect'), once(idle, 'connect')])
  const request = rawUpload(uploadBody(event(), { 'wall.pprof': await realProfile() }))
  await new Promise((written) => socket.write(request.subarray(0, 500), written))
  const ended = intake.end('SIGTERM')
  while (await takesConnections(intake.url)) await wait(10)
  socket.write(request.subarray(500))
  const [answer] = (await once(socket, 'data')) as [Buffer]
  assert.equal(statusOf(String(answer)), 202)
  idle.destroy()
  assert.equal(await ended, 0)
  assert.ok(readdirSync(dir, { recursive: true }).some((name) => /^(log|segments)\/./.test(String(name))))
  assert.equal(intake.lines.length, 1)
})

test('a port that is taken is said in one line', async (t) => {
  const intake = await spawnIntake(t, tempDir(t))
  const { status, stderr } = run(['--port', new URL(intake.url).port, '--dir', tempDir(t)])
  assert.equal(status, 1)
  assert.match(stderr, /^listen EADDRINUSE: address already in use \S+: choose another port with --port\.\n$/)
})

test('a wrong value names the option and the value', (t) => {
  const dir = tempDir(t)
  const wrong: [args: string[], env: NodeJS.ProcessEnv, line: string][] = [
    [[], { ACME_INTAKE_PORT: '80x' }, 'ACME_INTAKE_PORT is "80x"; a whole number from 0 to 65535 is needed.'],
    [['--port', '65536'], {}, '--port is "65536"; a whole number from 0 to 65535 is needed.'],
    [['--retention', 'blobs=x'], {}, '--retention blobs is "x"; a whole number from 0 to 36500 is needed.'],
    [['--config', '/dev/null'], {}, '/dev/null cannot be read: Unexpected end of JSON input.'],
    [
      [],
      { ACME_INTAKE_KEYS: 'till:short' },
      'ACME_INTAKE_KEYS: every key is name:key, the name of letters and digits, the key of 16 or more.',
    ],
    [
      ['--host', '0.0.0.0'],
      {},
      '--host 0.0.0.0 can be reached by others, and no key is set (ACME_INTAKE_KEYS): not started.',
    ],
    [['--prot', '1'], {}, "Unknown option '--prot'; --help shows all options."],
    [['--memory', '0'], {}, '--memory is "0"; a whole number from 16 to 1048576 is needed.'],
    [
      ['--limit', 'uploadsChecked=0'],
      {},
      '--limit uploadsChecked is "0"; a whole number from 1 to 2147483647 is needed.',
    ],
    [['--limit', 'nothing=1'], {}, '--limit nothing=1: there is no limit of that name (see docs/intake.md).'],
    [
      ['--limit', 'uploadBytes=x'],
      {},
      '--limit uploadBytes is "x"; a whole number from 1 to 2147483647 is needed.',
    ],
  ]
  for (const [args, env, line] of wrong) {
    const { status, stderr } = run(['--dir', dir, ...args], env)
    assert.deepEqual([status, stderr], [1, `${line}\n`])
  }
})
