// Where `node app.js` stands at its first own line, and when the service listens.
const firstLineMs = performance.now()
const { report } = require('../../test/fixtures/report')
const app = require('fastify')()

app.get('/', async () => 'ok')
app
  .listen({ port: 0, host: '127.0.0.1' })
  .then(() => report('listening', { firstLineMs, listeningMs: performance.now() }))
