import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { figures } from '../figures'
import { nodeBinary } from './agent'
import { startProgram } from './program'
import { samplesOfUploads } from './receiver'
import { sum } from './samples'

/** The threads of worker-chains.js, in one upload when they have ended. */
const startChains = (line: string, args: string[], samplingHz: number) =>
  startProgram('test/fixtures/scenarios/worker-chains.js', {
    node: nodeBinary(line),
    uploadPeriodS: 3_600,
    nodeArgs: ['--require', join(__dirname, '../../dist/init.js')],
    args,
    env: {
      PREBUILDS_ONLY: '1',
      DD_PROFILING_DEBUG_UPLOAD_COMPRESSION: 'gzip',
      ACME_PROFILING_SAMPLING_HZ: String(samplingHz),
    },
  })

for (const line of ['20', '24']) {
  test(`each thread has its own CPU time and labels, and all of them the process's, on Node ${line}`, async () => {
    const program = await startChains(line, ['2', '2', '400'], 500)
    const { threads } = await program.report<{ threads: { thread: number; cpuMs: number }[] }>('used')
    assert.deepEqual(await program.exited, { code: 0, signal: null })
    await program.end()
    const events = await Promise.all(program.uploads.map(async (upload) => (await upload.read()).event))
    const samples = await samplesOfUploads(program.uploads, 'wall.pprof')

    assert.equal(threads.length, 5)
    const working = samples.filter(({ frames }) => frames.some(({ name }) => name === 'work'))
    const unlabelled = working.filter(({ labels }) => labels.owner === undefined).length / working.length
    const errors = threads.map(({ thread, cpuMs }) => {
      const own = working.filter(({ labels }) => labels['thread id'] === String(thread))
      const owners = new Set(own.flatMap(({ labels }) => labels.owner ?? []))
      assert.deepEqual([...owners], [`thread ${thread}`])
      return sum(own, 'cpu') / 1e6 / cpuMs - 1
    })
    const processMs = events.reduce((all, event) => all + event.info.profiler.measured.process_cpu_ms, 0)
    const total = sum(samples, 'cpu') / 1e6 / processMs
    figures({
      'largest CPU error of a thread': Math.max(...errors.map(Math.abs)),
      'CPU error of the process': Math.abs(total - 1),
      [`unlabelled, Node ${line}`]: unlabelled,
    })
    // Without context frames some have none, more of them on a machine with other work (docs/bench.md).
    if (line !== '20') assert.ok(unlabelled <= 0.002, `${unlabelled} of the samples`)
    for (const error of errors) assert.ok(Math.abs(error) <= 0.1, errors.join(', '))
    assert.ok(Math.abs(total - 1) <= 0.03, `${total} of ${processMs} ms`)
  })

  // At ten a second the application has run for long when the first signal comes, as it has on a busy machine.
  test(`what a thread's profiler costs to start is not the application's, on Node ${line}`, async () => {
    const program = await startChains(line, ['1', '1', '300'], 10)
    assert.deepEqual(await program.exited, { code: 0, signal: null })
    await program.end()
    const samples = await samplesOfUploads(program.uploads, 'wall.pprof')
    const starts = samples.filter(({ frames }) => frames[0] && /^#?start$/.test(frames[0].name))
    assert.deepEqual(starts.map(({ labels }) => labels['thread id']).sort(), ['0', '1'])
    for (const start of starts) assert.ok(sum([start], 'cpu') > 0)
  })
}
