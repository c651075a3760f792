// A Fastify route with 6 dd-trace spans: the web request's and five of its own, nested, over several turns of the event loop.
const tracer = require('dd-trace-5')
const fastify = require('fastify')
const { report } = require('../../test/fixtures/report')

const rows = Array.from({ length: 20 }, (_, id) => ({ id, title: `row ${id}`, tags: ['a', 'b', 'c'] }))
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

const load = () =>
  tracer.trace('rows.load', async () => {
    await nextTurn()
    return JSON.parse(JSON.stringify(rows))
  })
const filter = (list) => tracer.trace('rows.filter', () => list.filter((row) => row.id % 2 === 0))
const decorate = (list) =>
  tracer.trace('rows.decorate', async () => {
    await nextTurn()
    return list.map((row) => ({ ...row, slug: row.title.replace(/\W+/g, '-') }))
  })
const page = (id) =>
  tracer.trace('page', async () => {
    const list = await tracer.trace('page.rows', async () => decorate(filter(await load())))
    return { id, list }
  })

const threadCpuMicros = () => {
  const cpu = process.threadCpuUsage?.() ?? { user: 0, system: 0 }
  return cpu.user + cpu.system
}

const app = fastify()
app.get('/page/:id', async (request) => page(request.params.id))
app.get('/cpu', async () => {
  const { user, system } = process.cpuUsage()
  return {
    processMicros: user + system,
    threadMicros: threadCpuMicros(),
    rssBytes: process.memoryUsage.rss(),
  }
})
// For the comparison within one process: our agent, preloaded, off and on again.
app.get('/profiler/on', async () => require('../../dist').start())
app.get('/profiler/off', async () =>
  require('../../dist')
    .stop()
    .then(() => ({ running: false })),
)
app.listen({ port: 0, host: '127.0.0.1' }).then((url) => report('listening', { url }))

if (globalThis.gc) process.on('SIGUSR2', () => globalThis.gc())
