// The example service: an ordinary Fastify shop. It knows nothing of the profiler; that is preloaded with
// `node --require @acme/profiler/init app.js`.
require('./tracing')
const fastify = require('fastify')

const app = fastify({ logger: false })
app.register(require('./routes/products'))
app.register(require('./routes/search'))
app.register(require('./routes/login'))
app.register(require('./routes/cart'))
app.register(require('./routes/orders'))
app.register(require('./routes/checkout'))
app.register(require('./routes/recommendations'))
app.register(require('./routes/visits'))
app.register(require('./routes/invoices'))
app.get('/health', async () => ({ ok: true }))

app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' }).then((address) => {
  console.log(`shop listens on ${address}`)
})

process.on('SIGTERM', () => app.close().then(() => process.exit(0)))
