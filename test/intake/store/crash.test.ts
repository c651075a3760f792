import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CrashLedger } from '../../../src/intake/store/crash-ledger'
import { atEnd } from '../../helpers/at-end'
import { eventually } from '../eventually'
import { tempDir } from '../helpers'
import { makeUpload, ticks } from '../profiles'
import { storeFor } from './stores'

const now = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000
const range = { q: '', fromMs: now - 60_000, toMs: now + 600_000 }
const upload = (n: number) =>
  makeUpload({ startMs: now, tags: { n: String(n) }, wall: [ticks(['a@/app/x.js'], 1)] })

test('uploads are taken while the store is down, and are there when it is up again', async (t) => {
  const { store, counts } = await storeFor(t)
  await store.profiles(upload(0))
  await store.settle()
  for (let round = 1; round <= 3; round++) {
    const pid = store.pid as number
    const asked = store.query('flameGraph', range)
    process.kill(pid, 'SIGKILL')
    await asked.then(
      () => {},
      (error) => assert.equal(error.code, 'store_unavailable'),
    )
    await store.profiles(upload(round))
    while (store.pid === pid || !(await isUp(store))) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await store.settle()
  assert.equal((await store.query('flameGraph', range)).total, 40_000_000)
  assert.equal(counts['store.restarts'], 3)
})

const isUp = (store: Awaited<ReturnType<typeof storeFor>>['store']) =>
  store.query('services', range).then(
    () => true,
    () => false,
  )

test('the log says how the process ended: signal or exit code, memory, last words', async (t) => {
  const fault = join(tempDir(t), 'fault.cjs')
  writeFileSync(fault, "process.on('SIGUSR2', () => { throw new Error('a planted fault') })")
  const before = process.env.NODE_OPTIONS
  process.env.NODE_OPTIONS = `${before ?? ''} --require ${fault}`
  atEnd(t, () => {
    if (before === undefined) delete process.env.NODE_OPTIONS
    else process.env.NODE_OPTIONS = before
  })
  const { store, messages } = await storeFor(t)
  const lost = async (signal: NodeJS.Signals) => {
    const told = messages.length
    process.kill(store.pid as number, signal)
    const message = await eventually(() => messages[told])
    await eventually(async () => (await isUp(store)) || undefined)
    return message
  }
  const known = String.raw`after [\d.]+ s; its memory was \d\d+ MiB [\d.]+ s before, at most \d\d+`
  assert.match(await lost('SIGKILL'), new RegExp(`ended with SIGKILL ${known}; it is started again\\.$`))
  assert.match(
    await lost('SIGUSR2'),
    new RegExp(`ended with exit code 1 ${known}; said last: [^]*a planted fault`),
  )
})

test('a process that cannot be started is tried again', async (t) => {
  const { store, messages } = await storeFor(t)
  const { execPath } = process
  process.execPath = '/nowhere/node'
  atEnd(t, () => {
    process.execPath = execPath
  })
  process.kill(store.pid as number, 'SIGKILL')
  await eventually(() =>
    messages.find((message) => /ended with spawn .*ENOENT; it is started again/.test(message)),
  )
  process.execPath = execPath
  await eventually(async () => (await isUp(store)) || undefined)
})

test('a store whose process has just ended can be closed', async (t) => {
  let restarting = () => {}
  const ended = new Promise<void>((resolve) => {
    restarting = resolve
  })
  const { store } = await storeFor(t, { count: (name) => name === 'store.restarts' && restarting() })
  process.kill(store.pid as number, 'SIGKILL')
  await ended
  await store.close()
})

test('the record that is at hand in two crashes is left out, no other', () => {
  const ledger = new CrashLedger()
  assert.deepEqual(ledger.caution(), { oneByOne: false, skip: [] })
  const at = (offset: number, isOne = true) => ({ segment: 's', offset, isOne })
  ledger.attempt(at(16, false))
  assert.equal(ledger.crashed(), undefined)
  assert.deepEqual(ledger.caution(), { oneByOne: true, skip: [] })
  ledger.attempt(at(16))
  ledger.attempt(undefined)
  assert.equal(ledger.crashed(), undefined)
  ledger.attempt(at(100))
  assert.equal(ledger.crashed(), undefined)
  ledger.attempt(at(200))
  assert.equal(ledger.crashed(), undefined)
  ledger.attempt(at(100))
  assert.equal(ledger.crashed(), 's@100')
  assert.deepEqual(ledger.caution(), { oneByOne: true, skip: ['s@100'] })
})

test('a second store on the same directory is refused', async (t) => {
  const { dir } = await storeFor(t)
  await assert.rejects(storeFor(t, { dir }), /Another intake uses/)
})

test('spans are kept with their attributes, and found by trace', async (t) => {
  const { store } = await storeFor(t)
  const span = {
    ...{
      traceIdHigh: 2n ** 63n,
      traceIdLow: 2n ** 64n - 1n,
      spanId: 7n,
      parentId: 0n,
      service: 'shop',
      name: 'web.request',
    },
    ...{ resource: 'GET /a', kind: 'server' as const, durationNanos: 1_500_000n, error: true },
    startNanos: BigInt(now) * 1_000_000n + 123_456n,
    attributes: [
      ['http.status', 500],
      ['ok', false],
      ['x', 'ü\0"'],
    ] as [string, string | number | boolean][],
  }
  await store.spans([
    {
      tags: new Map([
        ['service', 'shop'],
        ['runtime-id', 'r1'],
      ]),
      spans: [span],
    },
  ])
  await store.settle()
  const [found] = await store.query('spans', { ...range, traceId: `8000000000000000${'f'.repeat(16)}` })
  assert.deepEqual(found, {
    ...{ traceId: `8000000000000000${'f'.repeat(16)}`, spanId: '0000000000000007', parentId: '0'.repeat(16) },
    ...{
      service: 'shop',
      name: 'web.request',
      resource: 'GET /a',
      kind: 'server',
      error: true,
      runtimeId: 'r1',
    },
    ...{ startMs: now + 0.123, durationMs: 1.5, attributes: { 'http.status': 500, ok: false, x: 'ü\0"' } },
  })
})
