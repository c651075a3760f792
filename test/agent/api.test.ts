import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { samplesOfUploads, type Upload } from '../accuracy/receiver'
import { absent, Installation } from './installation'

// By CPU time: on a machine that has more to do, wall time would pass without a sample.
const busy = `const cpuMicros = () => process.cpuUsage().user
  const busy = () => { for (const end = cpuMicros() + 150_000; cpuMicros() < end; ); }`
const again = `
    async function main() {
      const seen = [status(), start().running, start().running]
      const [once, twice] = [stop(), stop()]
      seen.push(status(), start().reason)
      await Promise.all([once, twice, stop()])
      seen.push(status().reason, start().running)
      busy()
      await flush()
      seen.push(status().uploads.sent)
      console.log(JSON.stringify(seen))
    }
    main()`
const application = new Installation({ addon: true })
application.copy('copy', true)
application.write({
  'again.cjs': `const { start, stop, flush, status } = require('@acme/profiler')\n${busy}\n${again}`,
  'again.mjs': `import { start, stop, flush, status } from '@acme/profiler'\n${busy}\n${again}`,
  'options.cjs': `
    const { start } = require('@acme/profiler')
    start({ service: 5, url: 'ftp://user:secret@x/', uploadPeriodS: 0.5, serviceName: 'x', env: 'prod', version: undefined })
    start('fast')`,
  'no-object.cjs': `require('@acme/profiler').start('fast')`,
  'off.cjs': `console.log(JSON.stringify([require('@acme/profiler').start(), require('@acme/profiler').status()]))`,
  'copies.cjs': `
    const first = require('@acme/profiler')
    const second = require('copy')
    ${busy}
    first.start()
    const seen = [second.status().running, second.start().running]
    second.withLabels({ job: 'x' }, function labelled() { busy() })
    second.stop().then(() => {
      seen.push(first.status().reason)
      console.log(JSON.stringify(seen))
    })`,
  'worker.cjs': `
    const { Worker, isMainThread } = require('node:worker_threads')
    const { start, stop, flush, status } = require('@acme/profiler')
    ${busy}
    function inWorker() { busy() }
    async function main() {
      if (isMainThread) {
        start()
        const worker = new Worker(__filename)
        worker.on('exit', () => flush().then(() => process.exit()))
        return
      }
      const seen = [start().running]
      inWorker()
      await flush().catch((error) => seen.push(error.message))
      await stop()
      seen.push(status().reason)
      console.log(JSON.stringify(seen))
    }
    main()`,
  'app.mjs': `
    import { status, withLabels } from '@acme/profiler'
    ${busy}
    function inModule() { busy() }
    withLabels({ job: 'x' }, inModule)
    console.log(JSON.stringify(status().running))`,
})

const run = application.runUploading.bind(application)

const wallSamples = (uploads: readonly Upload[]) => samplesOfUploads(uploads, 'wall.pprof')

for (const program of ['again.cjs', 'again.mjs']) {
  test(`${program}: start, stop and start again`, { skip: absent('20') }, async () => {
    const { stdout, stderr } = await run('20', [program])
    assert.equal(stderr, '')
    const stopping = 'it is being stopped'
    assert.deepEqual(JSON.parse(stdout), [
      { running: false, reason: 'not started' },
      true,
      true,
      { running: false, reason: stopping, uploads: { sent: 0, spooled: 0, dropped: 0 } },
      stopping,
      'stopped',
      true,
      1,
    ])
  })
}

test('each wrong option is answered with one line, the others hold', { skip: absent('20') }, async () => {
  const { stderr, code } = await run('20', ['options.cjs'], { DD_PROFILING_EXPORTERS: 'file' })
  assert.equal(code, 0)
  assert.deepEqual(stderr.trimEnd().split('\n'), [
    'acme-profiler: start(): service=5 is not text; it is ignored.',
    'acme-profiler: start(): url="ftp://***@x/" is not an http:, https: or unix: URL; it is ignored.',
    'acme-profiler: start(): uploadPeriodS=0.5 is not a whole number of seconds from 1 to 3600; it is ignored.',
    'acme-profiler: start(): there is no option "serviceName"; there are service, env, version, url, uploadPeriodS.',
  ])
  const { stderr: other } = await run('20', ['no-object.cjs'])
  assert.equal(other, 'acme-profiler: start(): "fast" is no object of options; it is ignored.\n')
})

test('the environment can switch off what the code starts', { skip: absent('20') }, async () => {
  const { stdout, uploads } = await run('20', ['off.cjs'], { DD_PROFILING_ENABLED: 'false' })
  const off = { running: false, reason: 'DD_PROFILING_ENABLED is off' }
  assert.deepEqual(JSON.parse(stdout), [off, off])
  assert.equal(uploads.length, 0)
})

for (const line of ['20', '24']) {
  test(`Node ${line}: a second copy of the package uses the first`, { skip: absent(line) }, async () => {
    const { stdout, uploads } = await run(line, ['copies.cjs'])
    assert.deepEqual(JSON.parse(stdout), [true, true, 'stopped'])
    assert.equal(uploads.length, 1)
    const samples = await wallSamples(uploads)
    const labelled = samples.filter(({ frames }) => frames.some(({ name }) => name === 'labelled'))
    assert.ok(labelled.some(({ labels }) => labels.job === 'x'))
  })
}

test('start() in a worker adds it to the uploads of the main thread', { skip: absent('20') }, async () => {
  const { stdout, uploads } = await run('20', ['worker.cjs'])
  assert.deepEqual(JSON.parse(stdout), [
    true,
    'the main thread uploads the profiles of all threads: flush() there',
    'stopped',
  ])
  const samples = await wallSamples(uploads)
  const worker = samples.filter(({ frames }) => frames.some(({ name }) => name === 'inWorker'))
  assert.ok(worker.length > 0)
  assert.ok(worker.every(({ labels }) => labels['thread name'] === 'Worker #1 Event Loop'))
})

for (const line of ['20', '22', '24', '26']) {
  for (const option of ['--require', '--import']) {
    test(`Node ${line}: ${option} @acme/profiler/init profiles an ESM application`, {
      skip: absent(line),
    }, async () => {
      const { stdout, stderr, uploads } = await run(line, [option, '@acme/profiler/init', 'app.mjs'])
      assert.equal(stderr, '')
      assert.equal(JSON.parse(stdout), true)
      const samples = await wallSamples(uploads)
      const inModule = samples.filter(({ frames }) => frames.some(({ name }) => name === 'inModule'))
      assert.ok(inModule.some(({ labels }) => labels.job === 'x'))
    })
  }
}

const consumer = `
  import { enterLabels, flush, type LabelValue, type StartOptions, type Status, start, status, stop, withLabels } from '@acme/profiler'
  import '@acme/profiler/init'
  const service: string | undefined = process.env.SERVICE
  const options: StartOptions = { service, uploadPeriodS: 60 }
  const started: Status = start(options)
  const reason: string | undefined = started.reason
  const value: LabelValue = 1
  const answer: number = withLabels({ tenant: 'a', value }, () => 42)
  const later: Promise<string> = withLabels({ tenant: 'a' }, async () => 'x')
  enterLabels({ job: 'import' })
  const done: Promise<void>[] = [flush(), stop()]
  const sent: number | undefined = status().uploads?.sent
  // @ts-expect-error no such option
  start({ serviceName: 'x' })
  export { answer, done, later, reason, sent }`

test('the types compile in strict projects, as a module and as CommonJS', async () => {
  application.link('@types/node')
  application.link('undici-types')
  application.write({ 'consumer.mts': consumer, 'consumer.cts': consumer })
  application.write({
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2022',
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        noEmit: true,
        types: ['node'],
      },
      include: ['consumer.mts', 'consumer.cts'],
    }),
  })
  const tsc = join(__dirname, '../../node_modules/typescript/bin/tsc')
  const output = await new Promise((resolve) => {
    execFile(process.execPath, [tsc, '-p', application.folder], (_, stdout) => resolve(stdout))
  })
  assert.equal(output, '')
})
