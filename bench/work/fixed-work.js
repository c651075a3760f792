// So much work, then a report of what it took. Usage: fixed-work.js <promises | compile | allocate | workers> <seconds of warming up> <times>
// CPU is counted after warming up.
const { join } = require('node:path')
const { Worker, isMainThread } = require('node:worker_threads')
const { report } = require('../../test/fixtures/report')

const warmUpMs = Number(process.argv[3]) * 1_000
const times = Number(process.argv[4])

const work = {
  // A million awaits, through three levels of async functions.
  async promises() {
    const leaf = async (n) => n
    const middle = async (n) => (await leaf(n)) + 1
    let sum = 0
    for (let n = 0; n < 333_000; n++) sum += await middle(n)
    return sum
  },
  async compile() {
    const ts = require('typescript')
    const { readFileSync } = require('node:fs')
    const file = join(require.resolve('ajv/lib/ajv.ts'), '../core.ts')
    const text = readFileSync(file, 'utf8')
    for (let n = 0; n < 60; n++) {
      ts.transpileModule(text, { compilerOptions: { target: ts.ScriptTarget.ES2022 } })
      await null
    }
  },
  async allocate() {
    const kept = []
    for (let n = 0; n < 400; n++) {
      kept[n % 50] = Array.from({ length: 10_000 }, (_, id) => ({ id, text: `row ${id}` }))
      await null
    }
  },
  async workers() {
    const threads = Array.from({ length: 8 }, () => new Worker(__filename))
    await Promise.all(threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve))))
  },
}

const cpuMicros = () => {
  const { user, system } = process.cpuUsage()
  return user + system
}

async function measure(name) {
  const start = performance.now()
  while (performance.now() - start < warmUpMs) {
    if (name !== 'workers') await work[name]()
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  const before = [performance.now(), cpuMicros()]
  for (let n = 0; n < times; n++) await work[name]()
  const [tookMs, took] = [performance.now() - before[0], cpuMicros() - before[1]]
  report('done', { wallMs: tookMs, cpuMs: took / 1_000 })
  process.exit(0)
}

async function inWorker() {
  for (let n = 0; n < 5; n++) await work.promises()
  // Not left to itself: timers of Pyroscope's agent keep a worker alive for good.
  process.exit()
}

if (isMainThread) measure(process.argv[2])
else inWorker()
