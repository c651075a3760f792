import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Profile } from 'pprof-format'
import { startProgram } from '../accuracy/program'

/** What a busy program's upload says after some seconds under this bound. */
async function uploadOf(maxOverhead: string) {
  const program = await startProgram('test/fixtures/busy.js', {
    nodeArgs: ['--require', './dist/init.js'],
    env: { DD_PROFILING_MAX_OVERHEAD: maxOverhead },
    uploadPeriodS: 60,
  })
  await program.exited
  await program.end()
  const last = await program.uploads.at(-1)?.read()
  const wall = last?.files['wall.pprof']?.pprof
  assert.ok(wall, 'a wall profile')
  const profile = Profile.decode(wall)
  const comments = profile.comment.map((index) => profile.stringTable.strings[Number(index)])
  return { measured: last.event.info?.profiler?.measured as Record<string, number>, comments }
}

test('a bound that cannot be kept lowers the rate, and every profile carries the bill', async () => {
  const { measured, comments } = await uploadOf('0.0001')
  assert.ok((measured.interval_multiple ?? 0) > 1, `${measured.interval_multiple} times the interval`)
  assert.equal(comments.length, 1)
  assert.match(
    comments[0] as string,
    /^profiler overhead \d+\.\d\d % of the thread it costs most, bound 0\.00 %, a sample every \d+\.\d ms(, heap profile given up)?$/,
  )
})

test('without a bound it is measured all the same', async () => {
  const { measured } = await uploadOf('0')
  assert.equal(measured.interval_multiple, 1)
  assert.ok((measured.overhead_percent ?? 0) > 0)
  assert.ok((measured.handler_cpu_ms ?? 0) > 0)
})
