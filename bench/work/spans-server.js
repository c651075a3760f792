// A Fastify service. `/page/:id`: 6 spans with the web request's own, nested, over several turns of the event loop; `?spans=10`: so many.
// `/garbage`: allocates 2 MB that live for some requests.
const fastify = require('fastify')
const { report } = require('../../test/fixtures/report')
const { trace } = require('./spans')

const rows = Array.from({ length: 20 }, (_, id) => ({ id, title: `row ${id}`, tags: ['a', 'b', 'c'] }))
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

const load = () =>
  trace('rows.load', async () => {
    await nextTurn()
    return JSON.parse(JSON.stringify(rows))
  })
const filter = async (list) => trace('rows.filter', () => list.filter((row) => row.id % 2 === 0))
const decorate = (list) =>
  trace('rows.decorate', async () => {
    await nextTurn()
    return list.map((row) => ({ ...row, slug: row.title.replace(/\W+/g, '-') }))
  })
const page = (id, spans) =>
  trace('page', async () => {
    const list = await trace('page.rows', async () => decorate(await filter(await load())))
    for (let more = 6; more < spans; more++) await trace('page.part', nextTurn)
    return { id, list }
  })

const recent = []
function garbage() {
  recent.push(Array.from({ length: 20_000 }, (_, id) => ({ id, text: `row ${id}` })))
  if (recent.length > 20) recent.shift()
  return recent.length
}

const threadCpuMicros = () => {
  const cpu = process.threadCpuUsage?.() ?? { user: 0, system: 0 }
  return cpu.user + cpu.system
}

const app = fastify()
app.get('/page/:id', async (request) => page(request.params.id, Number(request.query.spans ?? 6)))
app.get('/garbage', async () => ({ kept: garbage() }))
app.get('/cpu', async () => {
  const { user, system } = process.cpuUsage()
  return {
    processMicros: user + system,
    threadMicros: threadCpuMicros(),
    heapBytes: process.memoryUsage().heapUsed,
  }
})
app.listen({ port: 0, host: '127.0.0.1' }).then((url) => report('listening', { url }))

if (globalThis.gc) process.on('SIGUSR2', () => globalThis.gc())
