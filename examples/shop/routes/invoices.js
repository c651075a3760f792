// Hot code beside the main thread: a worker makes the invoices.
const { join } = require('node:path')
const { Worker } = require('node:worker_threads')

module.exports = async (app) => {
  let worker
  let next = 0
  const waiting = new Map()
  const start = () => {
    worker = new Worker(join(__dirname, '../invoice-worker.js'), { name: 'invoices' })
    worker.on('message', ({ id, bytes }) => {
      waiting.get(id)?.(bytes)
      waiting.delete(id)
    })
    worker.unref()
  }
  app.get('/invoices/:order', async (request) => {
    if (worker === undefined) start()
    const id = next++
    const made = new Promise((resolve) => waiting.set(id, resolve))
    worker.postMessage({ id, order: Number(request.params.order) })
    return { bytes: await made }
  })
}
