import assert from 'node:assert/strict'
import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ownerOf } from '../../../src/agent/process-owner'
import { encodeMultipart } from '../../../src/agent/uploader/multipart'
import { Spool } from '../../../src/agent/uploader/spool'
import type { Target } from '../../../src/agent/uploader/target'
import { folder } from './harness'

const target: Target = { origin: 'http://a', path: '/', socketPath: undefined, apiKey: undefined, name: 'a' }
const bodyOf = (text: string) =>
  encodeMultipart([
    { field: 'event', filename: 'event.json', contentType: 'application/json', bytes: Buffer.from(text) },
  ]).body

function open(dir: string, maxBytes = 100_000, to = target) {
  const dropped: string[] = []
  return { spool: Spool.open(to, dir, maxBytes, (reason) => dropped.push(reason)), dropped }
}
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid
/** The files as another process, `owner`, would have left them. */
function leave(directory: string, owner: string, ...texts: string[]) {
  texts.forEach((text, n) => {
    writeFileSync(join(directory, `${owner}-${n}.upload`), bodyOf(text))
  })
}
const takeAll = (spool: Spool) => {
  const bodies: string[] = []
  for (let leftover = spool.take(); leftover; leftover = spool.take()) {
    bodies.push(leftover.body.toString())
    spool.done(leftover)
  }
  return bodies
}

test('what is put in comes out, oldest first, until it is done', (t) => {
  const { spool, dropped } = open(folder(t))
  const bodies = ['a', 'b', 'c'].map(bodyOf)
  for (const body of bodies) assert.equal(spool.put(body), true)
  assert.deepEqual(spool.take()?.body, bodies[0])
  assert.deepEqual(takeAll(spool), bodies.map(String))
  assert.deepEqual(readdirSync(spool.directory), [])
  assert.deepEqual(dropped, [])
})

test('nobody else may read it', (t) => {
  const dir = join(folder(t), 'a', 'b')
  const { spool } = open(dir)
  spool.put(bodyOf('x'))
  for (const path of [dir, spool.directory]) assert.equal(statSync(path).mode & 0o777, 0o700)
  for (const name of readdirSync(spool.directory))
    assert.equal(statSync(join(spool.directory, name)).mode & 0o777, 0o600)
})

test('a folder that is open to others is closed; a link in its place is refused', (t) => {
  const dir = folder(t)
  chmodSync(dir, 0o777)
  open(dir)
  assert.equal(statSync(dir).mode & 0o777, 0o700)
  const link = join(folder(t), 'link')
  symlinkSync(dir, link)
  assert.throws(() => open(link), /is not a directory/)
})

test('another address or key has another spool', (t) => {
  const dir = folder(t)
  open(dir).spool.put(bodyOf('x'))
  assert.equal(open(dir, 1e5, { ...target, origin: 'http://b' }).spool.take(), undefined)
  const withKey = open(dir, 1e5, { ...target, apiKey: 'secret' }).spool
  assert.equal(withKey.take(), undefined)
  assert.ok(!withKey.directory.includes('secret'))
  assert.ok(open(dir).spool.take())
})

test('bytes and files are bounded: the oldest give way, and are counted', (t) => {
  const size = bodyOf('aaaa').length
  const bytes = open(folder(t), 3 * size)
  for (const text of ['aaaa', 'bbbb', 'cccc', 'dddd']) bytes.spool.put(bodyOf(text))
  assert.deepEqual(bytes.dropped, ['spool_full'])
  assert.deepEqual(
    takeAll(bytes.spool).map((body) => /[a-d]{4}(?=\r\n--)/.exec(body)?.[0]),
    ['bbbb', 'cccc', 'dddd'],
  )
  const files = open(folder(t), 1e9)
  for (let n = 0; n < 40; n++) files.spool.put(bodyOf(String(n)))
  assert.equal(readdirSync(files.spool.directory).length, 32)
  assert.equal(files.dropped.length, 8)
})

test('what is larger than the spool is not kept', (t) => {
  const { spool, dropped } = open(folder(t), 10)
  assert.equal(spool.put(bodyOf('x')), false)
  assert.deepEqual(dropped, ['spool_full'])
})

test('leftovers of a dead process are sent, those of a live one are not touched', (t) => {
  const { spool } = open(folder(t))
  leave(spool.directory, ownerOf(deadPid()), 'dead')
  leave(spool.directory, ownerOf(process.ppid), 'alive')
  assert.deepEqual(takeAll(spool).length, 1)
  assert.equal(readdirSync(spool.directory).length, 1)
})

test('a process id that is used again is another process', (t) => {
  const { spool } = open(folder(t))
  const owner = ownerOf(process.ppid).replace(/\d+$/, '1')
  leave(spool.directory, owner, 'earlier process of that id')
  assert.equal(takeAll(spool).length, 1)
})

test('of processes in another PID namespace only what is old is taken', (t) => {
  const { spool } = open(folder(t))
  leave(spool.directory, '1.7.7', 'new', 'old')
  const old = Date.now() / 1_000 - 2_000
  utimesSync(join(spool.directory, '1.7.7-1.upload'), old, old)
  assert.match(takeAll(spool).join(), /old/)
  assert.equal(readdirSync(spool.directory).length, 1)
})

test('older than an hour: removed and counted', (t) => {
  const { spool, dropped } = open(folder(t))
  spool.put(bodyOf('x'))
  const old = Date.now() / 1_000 - 3_700
  for (const name of readdirSync(spool.directory)) utimesSync(join(spool.directory, name), old, old)
  assert.equal(spool.take(), undefined)
  assert.deepEqual(dropped, ['spool_expired'])
  assert.deepEqual(readdirSync(spool.directory), [])
})

test('half a file, before or after its renaming, is removed and counted', (t) => {
  const { spool, dropped } = open(folder(t))
  const owner = ownerOf(deadPid())
  leave(spool.directory, owner, 'whole', 'torn')
  truncateSync(join(spool.directory, `${owner}-1.upload`), 40)
  writeFileSync(join(spool.directory, `${owner}-2.tmp`), 'half')
  assert.equal(takeAll(spool).length, 1)
  assert.deepEqual(dropped.sort(), ['spool_damaged', 'spool_damaged'])
  assert.deepEqual(readdirSync(spool.directory), [])
})

test('foreign files and folders are left alone or removed, and never sent', (t) => {
  const { spool } = open(folder(t))
  mkdirSync(join(spool.directory, 'folder-1.upload'))
  symlinkSync('/etc/hostname', join(spool.directory, '1.1.1-0.upload'))
  writeFileSync(join(spool.directory, 'README'), 'hello')
  assert.equal(spool.take(), undefined)
})

test('a folder that is removed or not writable loses uploads, counted, and works again when it is back', (t) => {
  const { spool, dropped } = open(folder(t))
  rmSync(spool.directory, { recursive: true })
  assert.equal(spool.put(bodyOf('x')), false)
  assert.equal(spool.take(), undefined)
  assert.deepEqual(dropped, ['spool_failed'])
  mkdirSync(spool.directory)
  assert.equal(spool.put(bodyOf('x')), true)
})

test('four processes at the leftovers of a fifth: each file is sent once', { timeout: 60_000 }, async (t) => {
  const dir = folder(t)
  const { spool } = open(dir)
  const texts = Array.from({ length: 30 }, (_, n) => `upload ${n}`)
  leave(spool.directory, ownerOf(deadPid()), ...texts)
  const children = Array.from({ length: 4 }, () =>
    fork(join(__dirname, '../../fixtures/spool-taker.ts'), [dir], { execArgv: ['--import', 'tsx'] }),
  )
  await Promise.all(children.map((child) => once(child, 'message')))
  const taken = children.map((child) => once(child, 'message'))
  for (const child of children) child.send('go')
  const bodies = (await Promise.all(taken)).flatMap(([list]) => list as string[])
  assert.deepEqual(bodies.map((body) => /upload \d+/.exec(body)?.[0]).sort(), texts.sort())
})
