import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { BlobStore } from '../../../src/intake/store/blob-store'
import { tempDir } from '../helpers'

/** What every BlobStore does. */
export function blobStoreSuite(name: string, make: (t: TestContext) => Promise<BlobStore>): void {
  const bytes = Buffer.from('0123456789')

  test(`${name}: gives back ranges of what was put, and nothing for what is not there`, async (t) => {
    const blobs = await make(t)
    await blobs.put('a/b.seg', bytes)
    await blobs.put('a/b.seg', bytes)
    assert.deepEqual(Buffer.from((await blobs.getRange('a/b.seg', 2, 3)) ?? []), Buffer.from('234'))
    assert.equal(await blobs.getRange('a/b.seg', 8, 3), undefined)
    assert.equal(await blobs.getRange('a/c.seg', 0, 1), undefined)
    assert.equal((await blobs.getRange('a/b.seg', 0, 0))?.length, 0)
  })

  test(`${name}: adopts a file once and for all`, async (t) => {
    const blobs = await make(t)
    const path = join(tempDir(t), 'x.seg')
    writeFileSync(path, bytes)
    await blobs.adopt('s/2026/x.seg', path)
    assert.equal(existsSync(path), false)
    await blobs.adopt('s/2026/x.seg', path)
    assert.deepEqual(Buffer.from((await blobs.getRange('s/2026/x.seg', 0, 10)) ?? []), bytes)
    await assert.rejects(blobs.adopt('s/2026/y.seg', path), { code: 'storage_failed' })
  })

  test(`${name}: lists by prefix in order, and deletes what is there`, async (t) => {
    const blobs = await make(t)
    assert.deepEqual(await blobs.list(''), [])
    for (const key of ['s/b', 's/a', 't/a']) await blobs.put(key, bytes)
    assert.deepEqual(await blobs.list('s/'), [
      { key: 's/a', bytes: 10 },
      { key: 's/b', bytes: 10 },
    ])
    await blobs.delete(['s/a', 's/none'])
    assert.deepEqual(
      (await blobs.list('')).map(({ key }) => key),
      ['s/b', 't/a'],
    )
  })

  test(`${name}: refuses keys that lead elsewhere`, async (t) => {
    const blobs = await make(t)
    for (const key of ['../x', '/x', 'a/../x', 'a//b', '', '.x', 'a/.x', 'a\\b', 'a\0b']) {
      await assert.rejects(blobs.put(key, bytes), TypeError, key)
      await assert.rejects(blobs.getRange(key, 0, 1), TypeError, key)
    }
  })
}
