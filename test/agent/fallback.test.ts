import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startReceiver } from '../accuracy/receiver'
import { samplesOf } from '../accuracy/samples'
import { absent, Installation } from './installation'

// What happens where the package has no addon for the platform: a copy without native files.

const programs = {
  'work.cjs': `
    const { status, withLabels } = require('@acme/profiler')
    let sum = 0
    function busy(ms) { for (const end = Date.now() + ms; Date.now() < end; ) sum += Math.sqrt(Date.now()) }
    function plain() { busy(300) }
    function labelled() { busy(300) }
    plain()
    withLabels({ job: 'x' }, () => setImmediate(labelled))
    setTimeout(() => console.log(JSON.stringify(status())), 20)`,
  'api.cjs': `
    const { start, stop, flush, status } = require('@acme/profiler')
    const busy = () => { for (const end = Date.now() + 200; Date.now() < end; ) Math.sqrt(end) }
    async function main() {
      const seen = [start().running]
      busy()
      await flush()
      seen.push(status().uploads.sent)
      busy()
      await stop()
      seen.push(status().uploads.sent, status().running, start().running)
      busy()
      console.log(JSON.stringify(seen))
    }
    main()`,
  'worker.cjs': `
    const { Worker, isMainThread } = require('node:worker_threads')
    const { start } = require('@acme/profiler')
    if (isMainThread) new Worker(__filename)
    else console.log(JSON.stringify(start()))`,
}
const bare = new Installation({ addon: false })
bare.write(programs)
const withPprof = new Installation({ addon: false })
withPprof.link('@datadog/pprof')
withPprof.write(programs)

for (const line of ['20', '24']) {
  const skip = absent(line)

  test(`Node ${line}: without addon and without @datadog/pprof it is off, one line says why`, {
    skip,
  }, async () => {
    const { code, stdout, stderr } = await bare.run(line, ['--require', '@acme/profiler/init', 'work.cjs'])
    assert.equal(code, 0)
    const abi = { 20: 115, 24: 137 }[line]
    const platform = `no addon for linux ${process.arch}, (glibc [\\d.]+|musl), ABI ${abi} \\(Node ${line}\\.[\\d.]+\\)`
    const help = 'with `npm install @datadog/pprof` that is used instead. See docs/platforms.md'
    assert.match(stderr, new RegExp(`^acme-profiler: the profiler is off: ${platform}; ${help}\\n$`))
    const { running, reason } = JSON.parse(stdout)
    assert.equal(running, false)
    assert.ok(stderr.includes(reason))
  })

  test(`Node ${line}: @datadog/pprof samples instead, labels where there are context frames`, {
    skip,
  }, async () => {
    const receiver = await startReceiver()
    const { stdout, stderr } = await withPprof.run(line, ['--require', '@acme/profiler/init', 'work.cjs'], {
      DD_TRACE_AGENT_URL: receiver.url,
    })
    receiver.close()
    assert.equal(stderr, '')
    const labelMode = line === '20' ? 'none' : 'async context frame'
    assert.deepEqual(JSON.parse(stdout), { running: true, engine: '@datadog/pprof', labelMode })

    assert.equal(receiver.uploads.length, 1)
    const { event, files } = (await receiver.uploads[0]?.read()) ?? assert.fail()
    assert.equal(event.info.profiler.settings.engine, '@datadog/pprof')
    assert.equal(event.info.profiler.settings.labelMode, labelMode)
    assert.equal(event.info.profiler.measured.errors, 0)
    assert.deepEqual(event.attachments, ['space.pprof', 'wall.pprof'])
    const samples = samplesOf(files['wall.pprof']?.pprof ?? assert.fail())
    const within = (name: string) =>
      samples.filter(({ frames }) => frames.some((frame) => frame.name === name))
    assert.ok(within('plain').length > 3)
    assert.ok(within('labelled').length > 3)
    assert.ok(within('plain').every(({ labels }) => !('job' in labels)))
    for (const { labels } of within('labelled')) {
      assert.equal(labels.job, line === '20' ? undefined : 'x')
      assert.equal(labels['thread name'], 'Main Event Loop')
    }
  })

  test(`Node ${line}: flush, stop and start again`, { skip }, async () => {
    const receiver = await startReceiver()
    const { stdout, stderr } = await withPprof.run(line, ['api.cjs'], { DD_TRACE_AGENT_URL: receiver.url })
    receiver.close()
    assert.equal(stderr, '')
    assert.deepEqual(JSON.parse(stdout), [true, 1, 2, false, true])
    assert.equal(receiver.uploads.length, 3)
  })

  test(`Node ${line}: worker threads are not profiled`, { skip }, async () => {
    const { code, stdout } = await withPprof.run(line, ['worker.cjs'])
    assert.equal(code, 0)
    const { running, reason } = JSON.parse(stdout)
    assert.equal(running, false)
    assert.match(reason, /^no addon for .*; there only the main thread can be profiled$/)
  })
}
