import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import { Store } from '../../src/intake/store'
import { fileError, watchedOps } from './faults'
import { event, intakeFor, post, readStored, realProfile, storedIds, tempDir, uploadBody } from './helpers'

const upload = async (changes = {}) => uploadBody(event(changes), { 'wall.pprof': await realProfile() })

test('a full disk at any operation refuses that upload and loses none that was acknowledged', async (t) => {
  let left = Number.POSITIVE_INFINITY
  let operations = 0
  let code = 'ENOSPC'
  // One failure at the nth operation; what cleans up after it must work, as it does on a full disk.
  const fileOps = watchedOps((operation) => {
    operations++
    if (left-- === 0 && operation !== 'rm') throw fileError(code)
  })
  const intake = await intakeFor(t, { fileOps })
  const acknowledged: string[] = []
  const { id = '' } = await post(intake, await upload({ start: '2026-01-01T00:00:00Z' }))
  acknowledged.push(id)
  operations = 0
  await post(intake, await upload({ start: '2026-01-02T00:00:00Z' }))
  const total = operations
  assert.ok(total >= 15, `${total} operations`)
  let refused = 0
  for (code of ['ENOSPC', 'EIO']) {
    for (let n = 0; n < total; n++) {
      const body = await upload({ end: '2026-12-01T00:00:00Z', info: { n, code } })
      left = n
      const failed = await post(intake, body)
      left = Number.POSITIVE_INFINITY
      if (failed.status === 202) {
        acknowledged.push(failed.id ?? '')
        continue
      }
      refused++
      assert.deepEqual(
        [failed.status, failed.code],
        code === 'ENOSPC' ? [507, 'storage_full'] : [500, 'storage_failed'],
      )
      const again = await post(intake, body)
      assert.equal(again.status, 202, `${code} at ${n}: the next try`)
      acknowledged.push(again.id ?? '')
    }
  }
  assert.ok(refused >= 2 * (total - 2), `${refused} of ${2 * total}`)
  for (const id of acknowledged) readStored(intake.dir, id)
  storedIds(intake.dir)
  assert.deepEqual(readdirSync(join(intake.dir, 'tmp')), [])
})

test('when the disk is full for good, each upload is refused, and taken again once there is room', async (t) => {
  let full = false
  const fileOps = watchedOps((operation) => {
    if (full && !['rm', 'file.close'].includes(operation)) throw fileError('ENOSPC')
  })
  const intake = await intakeFor(t, { fileOps })
  const body = await upload()
  full = true
  for (let n = 0; n < 3; n++) assert.equal((await post(intake, body)).status, 507)
  full = false
  assert.equal((await post(intake, body)).status, 202)
  assert.equal(storedIds(intake.dir).length, 1)
})

/**
 * What a loss of power leaves, at its worst: contents of files that were synced, and names in directories that were synced
 * since. Anything else may or may not be there.
 */
class PowerLoss {
  readonly #synced = new Set<string>()
  readonly #named = new Set<string>()
  readonly #pending = new Map<string, Set<string>>()
  readonly faults: string[] = []

  readonly before = (operation: string, path: string): void => {
    if (operation === 'mkdir' || operation === 'open') this.#name(path)
    if (operation === 'file.writeFile') this.#synced.delete(path)
    if (operation === 'file.datasync') this.#synced.add(path)
    if (operation === 'file.sync') this.#keepNames(path)
  }

  /** A rename: from now on the upload may be seen, so that all in it must be safe. */
  reveal(from: string, to: string): void {
    for (const file of this.#pending.get(from) ?? [])
      this.faults.push(`the name of ${basename(file)} was not safe`)
    for (const name of readdirSync(from)) {
      if (!this.#synced.has(join(from, name))) this.faults.push(`the contents of ${name} were not safe`)
    }
    this.#name(to)
  }

  isSafe(path: string): boolean {
    return this.#named.has(path) && this.#named.has(dirname(path))
  }

  #name(path: string): void {
    if (this.#named.has(path)) return
    const names = this.#pending.get(dirname(path)) ?? new Set()
    this.#pending.set(dirname(path), names.add(path))
  }

  #keepNames(dir: string): void {
    for (const path of this.#pending.get(dir) ?? []) this.#named.add(path)
    this.#pending.delete(dir)
  }
}

test('an upload is acknowledged when it would survive a loss of power, and seen only whole', async (t) => {
  const power = new PowerLoss()
  const watched = watchedOps(power.before)
  const rename: typeof watched.rename = async (from, to) => {
    power.reveal(String(from), String(to))
    return watched.rename(from, to)
  }
  const dir = tempDir(t)
  const intake = await intakeFor(t, { dir, fileOps: { ...watched, rename } })
  const bodies = await Promise.all(Array.from({ length: 8 }, (_, n) => upload({ info: { n: n % 4 } })))
  const answers = await Promise.all(
    bodies.map(async (body) => {
      const { status, id = '' } = await post(intake, body)
      assert.equal(status, 202)
      assert.ok(power.isSafe(join(dir, id)), id)
    }),
  )
  assert.equal(answers.length, 8)
  assert.deepEqual(power.faults, [])
})

test('at start, leftovers of a killed process go, and what is foreign or young stays', async (t) => {
  const dir = tempDir(t)
  const tmp = join(dir, 'tmp')
  for (const name of ['old', 'young']) {
    mkdirSync(join(tmp, name), { recursive: true })
    writeFileSync(join(tmp, name, 'wall.pprof'), 'half')
  }
  const hourAgo = Date.now() / 1_000 - 3_600
  utimesSync(join(tmp, 'old'), hourAgo, hourAgo)
  writeFileSync(join(dir, '2026-11-22'), 'a file where a directory should be')
  await Store.open(dir)
  assert.deepEqual(readdirSync(tmp), ['young'])
  assert.deepEqual(readdirSync(dir).sort(), ['2026-11-22', 'tmp'])
})

test('a store that is removed under a running intake is made again', async (t) => {
  const intake = await intakeFor(t)
  const body = await upload()
  assert.equal((await post(intake, body)).status, 202)
  rmSync(intake.dir, { recursive: true })
  const answers = [await post(intake, body), await post(intake, body)]
  assert.equal(answers[1]?.status, 202)
  assert.equal(storedIds(intake.dir).length, 1)
})
