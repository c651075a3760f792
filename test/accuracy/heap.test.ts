import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeBinary, startProfiled } from './agent'
import { samplesOf, sum } from './samples'

const retainedMegabytes = 100

for (const line of ['24', '26']) {
  test(`what is alive is in every interval's profile, on Node ${line}`, async () => {
    const args = [String(retainedMegabytes), '30', '22']
    const program = await startProfiled('test/fixtures/truth-heap.js', { node: nodeBinary(line), args })
    await program.report('retained')
    const before = program.uploads.length
    await program.report('done')
    await program.end()
    const live: number[] = []
    let taken = 0
    for (const upload of program.uploads.slice(before)) {
      const { event, files } = await upload.read()
      const space = files['space.pprof']
      const samples = space ? samplesOf(space.pprof) : []
      const retained = samples.filter(({ frames }) => frames.some(({ name }) => name === 'retain'))
      taken += (event.info?.profiler?.measured as Record<string, number> | undefined)?.heap_samples ?? 0
      live.push(sum(retained, 'inuse_space') / 2 ** 20)
    }
    assert.ok(live.length >= 3, `${live.length} intervals`)
    // A quarter of the 30 MB/s of garbage is in small objects, of which V8 samples each 512 KiB.
    assert.ok(taken > 30, `${taken} samples of the heap`)
    // 100 MB are about 200 samples of the heap: 15 % is three times their standard error.
    for (const megabytes of live) assert.ok(Math.abs(megabytes - retainedMegabytes) < 15, live.join(', '))
  })
}
