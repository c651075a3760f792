import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { explored, fillShop } from '../explorer/shop'
import { tempDir } from './helpers'

const run = promisify(execFile)

test('go tool pprof reads an aggregate from its address, and the difference of two', async (t) => {
  if (spawnSync('go', ['version']).error) return t.skip('there is no go here')
  const { intake, fromMs } = await explored(t, fillShop)
  const address = (q: string) =>
    `${intake.url}/api/v1/merge.pb.gz?${new URLSearchParams({ q, fromMs: String(fromMs), toMs: String(fromMs + 3_600_000) })}`
  const pprof = async (...args: string[]) => {
    const options = ['tool', 'pprof', '-top', '-sample_index=cpu', '-unit=ms', '-nodecount=20', ...args]
    return (await run('go', options, { env: { ...process.env, PPROF_TMPDIR: tempDir(t) } })).stdout
  }
  const top = await pprof(address('service:shop'))
  assert.match(top, /Showing nodes accounting for 8320ms, 100% of 8320ms total/)
  assert.match(top, /^\s+4000ms 48\.08% 48\.08%\s+4000ms 48\.08%\s+parse/m)
  const diff = await pprof('-diff_base', address('version:1'), address('version:2'))
  assert.match(diff, /^\s+2400ms .*\s+2400ms .*\s+parse/m)
})
