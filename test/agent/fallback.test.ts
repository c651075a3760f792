import assert from 'node:assert/strict'
import { test } from 'node:test'
import { samplesOfUploads } from '../accuracy/receiver'
import { samplesOf } from '../accuracy/samples'
import { absent, Installation } from './installation'

// What happens where the package has no addon for the platform: a copy without native files.

// By CPU time: on a machine that has more to do, wall time would pass without a sample.
const busy = `const cpuMicros = () => process.cpuUsage().user
    const busy = () => { for (const end = cpuMicros() + 150_000; cpuMicros() < end; ); }`

const programs = {
  'work.cjs': `
    const { status, withLabels } = require('@acme/profiler')
    ${busy}
    function plain() { busy() }
    function labelled() { busy() }
    plain()
    withLabels({ job: 'x' }, () => setImmediate(labelled))
    setTimeout(() => console.log(JSON.stringify(status())), 20)`,
  'api.cjs': `
    const { start, stop, flush, status } = require('@acme/profiler')
    ${busy}
    async function main() {
      const seen = [start().running]
      busy()
      await flush()
      seen.push(status().uploads.sent)
      busy()
      await stop()
      seen.push(status().uploads.sent, status().running, start().running)
      busy()
      await flush()
      busy()
      console.log(JSON.stringify(seen))
    }
    main()`,
  'service.cjs': `
    const { createServer, get } = require('node:http')
    const { setTimeout: delay } = require('node:timers/promises')
    ${busy}
    async function handle(request, response) {
      await delay(10)
      inRequest()
      response.end()
    }
    function inRequest() { busy() }
    const server = createServer(handle).listen(0, '127.0.0.1', async () => {
      // Tracers are looked for once a second.
      await delay(2_500)
      get({ port: server.address().port, path: '/shop' }, (response) => {
        response.resume().on('end', () => setTimeout(() => process.exit(), 50))
      })
    })`,
  'datadog.cjs': `
    require('dd-trace').init({ startupLogs: false, telemetry: { enabled: false }, remoteConfig: { enabled: false } })
    require('./service.cjs')`,
  'opentelemetry.cjs': `
    const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node')
    const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
    new NodeTracerProvider().register()
    new HttpInstrumentation().enable()
    require('./service.cjs')`,
  'held-up.cjs': `
    const { time } = require('@datadog/pprof')
    const { flush } = require('@acme/profiler')
    ${busy}
    // Room is for three periods, 297 ticks; then as many go missing as come in a second.
    function heldUp() {
      while (time.getState()[time.constants.kSampleCount] < 297);
      for (const endMs = Date.now() + 1_000; Date.now() < endMs; );
    }
    function after() { busy() }
    heldUp()
    flush().then(() => setImmediate(after))`,
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
withPprof.link('dd-trace-5', 'dd-trace')
for (const name of ['sdk-trace-node', 'instrumentation-http']) withPprof.link(`@opentelemetry/${name}`)

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
    const preload = ['--require', '@acme/profiler/init']
    const { stdout, stderr, uploads } = await withPprof.runUploading(line, [...preload, 'work.cjs'])
    assert.equal(stderr, '')
    const labelMode = line === '20' ? 'none' : 'async context frame'
    const { running, engine, labelMode: mode } = JSON.parse(stdout)
    assert.deepEqual({ running, engine, mode }, { running: true, engine: '@datadog/pprof', mode: labelMode })

    // One, or on a slow machine more.
    const events = await Promise.all(uploads.map(async (upload) => (await upload.read()).event))
    assert.ok(events.length > 0)
    for (const { info, attachments } of events) {
      assert.equal(info.profiler.settings.engine, '@datadog/pprof')
      assert.equal(info.profiler.settings.labelMode, labelMode)
      assert.equal(info.profiler.measured.errors, 0)
      assert.deepEqual(attachments, ['space.pprof', 'wall.pprof'])
    }
    const samples = await samplesOfUploads(uploads, 'wall.pprof')
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
    const { stdout, stderr, uploads } = await withPprof.runUploading(line, ['api.cjs'])
    assert.equal(stderr, '')
    assert.deepEqual(JSON.parse(stdout), [true, 1, 2, false, true])
    assert.equal(uploads.length, 4)
  })

  test(`Node ${line}: worker threads are not profiled`, { skip }, async () => {
    const { code, stdout } = await withPprof.run(line, ['worker.cjs'])
    assert.equal(code, 0)
    const { running, reason } = JSON.parse(stdout)
    assert.equal(running, false)
    assert.match(reason, /^no addon for .*; there only the main thread can be profiled$/)
  })
}

for (const [tracer, endpoint] of [
  ['datadog', 'GET'],
  ['opentelemetry', 'GET'],
] as const) {
  test(`Node 24: spans and endpoints of ${tracer} through context frames`, {
    skip: absent('24'),
  }, async () => {
    const preload = ['--require', '@acme/profiler/init']
    const { uploads } = await withPprof.runUploading('24', [...preload, `${tracer}.cjs`])
    const events = await Promise.all(uploads.map(async (upload) => (await upload.read()).event))
    assert.ok(events.every(({ info }) => info.profiler.measured.errors === 0))
    // The tracer may take longer to load than the first interval lasts.
    const counted = events.map(({ endpoint_counts }) => endpoint_counts)
    assert.deepEqual(Object.assign({}, ...counted), { [endpoint]: 1 })
    const samples = await samplesOfUploads(uploads, 'wall.pprof')
    const inRequest = samples.filter(({ frames }) => frames.some(({ name }) => name === 'inRequest'))
    assert.ok(inRequest.length > 3)
    for (const { labels } of inRequest) {
      assert.equal(labels['trace endpoint'], endpoint)
      assert.equal(typeof labels['span id'], 'bigint')
      assert.equal(typeof labels['local root span id'], 'bigint')
      assert.match(String(labels['trace id']), /^[0-9a-f]{32}$/)
      assert.equal(typeof labels.end_timestamp_ns, 'bigint')
    }
  })
}

test('Node 24: ticks that find no room in an interval that is far too long are counted', {
  skip: absent('24'),
}, async () => {
  const ended = await withPprof.runUploading('24', ['--require', '@acme/profiler/init', 'held-up.cjs'], {
    DD_PROFILING_UPLOAD_PERIOD: '1',
  })
  const uploads = await Promise.all(ended.uploads.map((upload) => upload.read()))
  const intervals = uploads.map(({ event, files }) => {
    const samples = samplesOf(files['wall.pprof']?.pprof ?? assert.fail())
    const names = new Set(samples.flatMap(({ frames }) => frames.map(({ name }) => name)))
    const lastMs = Math.max(...samples.map(({ labels }) => Number(labels.end_timestamp_ns ?? 0) / 1e6))
    const silentMs = Date.parse(event.end) - lastMs
    return { dropped: event.info.profiler.measured.ticks_dropped, names, silentMs }
  })
  const heldUp = intervals.find(({ names }) => names.has('heldUp')) ?? assert.fail()
  const after = intervals.find(({ names }) => names.has('after')) ?? assert.fail()
  assert.ok(heldUp.silentMs >= 1_000 && heldUp.dropped >= 99, `${heldUp.dropped} in ${heldUp.silentMs} ms`)
  assert.equal(after.dropped, 0)
})
