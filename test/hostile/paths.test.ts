import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import { test } from 'node:test'
import {
  event,
  intakeFor,
  post,
  rawExchange,
  readStored,
  realProfile,
  statusOf,
  tempDir,
  uploadBody,
} from '../intake/helpers'

const hostileNames = [
  '../x',
  '..\\x',
  '../../../../../../etc/cron.d/x.pprof',
  '/etc/passwd',
  'C:\\Windows\\x.pprof',
  '%2e%2e%2fx',
  '..%c0%afx',
  'event.json/../x',
  'files.json',
  '.',
  '..',
  '.pprof',
  'con',
  'NUL.pprof',
  'wall.pprof ',
  'WALL.PPROF',
  'wall.pprof\u0000.txt',
  '__proto__',
  'constructor',
  '\u202egnp.pprof',
  '<img src=x onerror=alert(1)>.json',
  'n'.repeat(256),
  'é'.repeat(100),
]

/** Every file and directory below a directory. */
const below = (dir: string) => readdirSync(dir, { recursive: true }).map(String)

test('names of attachments are data: files have names of ours, and nothing is written elsewhere', async (t) => {
  const outer = tempDir(t)
  const dir = join(outer, 'a', 'b', 'store')
  const intake = await intakeFor(t, { dir })
  for (const name of hostileNames) {
    const files = { [name]: name.endsWith('.pprof') ? await realProfile() : Buffer.from('x') }
    const sent = { 'wall.pprof': await realProfile(), ...files }
    const attachments = Object.keys(sent)
    const { status, id = '' } = await post(intake, uploadBody(event({ attachments }), sent))
    assert.equal(status, 202, name)
    const kept = name.endsWith('.pprof') ? files[name] : undefined
    assert.deepEqual(readStored(dir, id).get(name), kept)
  }
  const own =
    /^(tmp|\d{4}-\d\d-\d\d(\/shop-[0-9a-f]{32}(\/(event\.json|files\.json|wall\.pprof|[0-9a-f]{32}\.(pprof|bin)))?)?)$/
  for (const path of below(outer)) {
    const inStore = path.split(sep).slice(3).join('/')
    assert.ok(path.split(sep).length <= 3 || own.test(inStore), path)
  }
})

test('a service is part of a path only where it is plain', async (t) => {
  const intake = await intakeFor(t)
  const wall = await realProfile()
  for (const service of [...hostileNames, 'a/b', '-', '', 'con', 's'.repeat(300)]) {
    const tags_profiler = `service:${service.replaceAll('\\', '\\\\')}`
    const { status, id = '' } = await post(
      intake,
      uploadBody(event({ tags_profiler }), { 'wall.pprof': wall }),
    )
    assert.equal(status, 202, service)
    assert.match(id, /^\d{4}-\d\d-\d\d\/[a-z0-9][a-z0-9_-]{0,39}-[0-9a-f]{32}$/)
  }
})

test('times of the event are no part of a path', async (t) => {
  const intake = await intakeFor(t)
  const times = { start: '0001-01-01T00:00:00Z', end: '9999-12-31T23:59:59Z' }
  const { id = '' } = await post(intake, uploadBody(event(times), { 'wall.pprof': await realProfile() }))
  assert.equal(Math.abs(Date.parse(id.slice(0, 10)) - Date.now()) < 2 * 86_400_000, true)
})

test('no address reads a file', async (t) => {
  const intake = await intakeFor(t)
  const { id = '' } = await post(intake, uploadBody(event(), { 'wall.pprof': await realProfile() }))
  const ups = [
    '..',
    '%2e%2e',
    '..%2f',
    '..\\',
    '..%5c',
    '....//',
    '.%00.',
    '%252e%252e',
    '..;',
    '%c0%ae%c0%ae',
  ]
  const heads = [
    '/',
    '//',
    '/info/',
    '/debug/',
    '/debug/counters/',
    '/v0.7/config/',
    '/telemetry/',
    '/profiling/v1/',
    '\\',
    '',
  ]
  const targets = ups.flatMap((up) => heads.map((head) => `${head}${`${up}/`.repeat(6)}`))
  const paths = [...targets.map((to) => `${to}etc/passwd`), ...targets.map((to) => `${to}${id}/event.json`)]
  assert.equal(paths.length, 200)
  for (const path of [...paths, `/${id}/event.json`, '/tmp', 'http://intake/etc/passwd', '*']) {
    const request = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`
    const received = await rawExchange(intake.url, [request])
    assert.ok([400, 404].includes(statusOf(received) ?? 0), `${path}: ${received}`)
    assert.doesNotMatch(received, /root:|tags_profiler/)
  }
})
