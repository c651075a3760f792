// The shop's web page: asks the API for what it shows. Under OpenTelemetry, where the API is under dd-trace.
const { span, shutdown } = require('../opentelemetry')
const http = require('node:http')
const fastify = require('fastify')

const api = process.env.SHOP_URL

const ask = (path) =>
  new Promise((resolve, reject) => {
    http
      .get(api + path, async (response) => {
        let text = ''
        for await (const chunk of response.setEncoding('utf8')) text += chunk
        resolve(JSON.parse(text))
      })
      .on('error', reject)
  })

const escapeMarkup = (text) => String(text).replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)

function render(products) {
  let rows = ''
  for (const { title, description, price, tags } of products) {
    const words = description.split(' ').map((word) => `<span>${escapeMarkup(word)}</span>`)
    rows += `<li><h2>${escapeMarkup(title)}</h2><p>${words.join(' ')}</p><em>${escapeMarkup(tags)}</em> ${price.cents / 100}</li>`
  }
  return `<!doctype html><title>Shop</title><h1>Shop</h1><ul>${rows}</ul>`
}

const app = fastify({ logger: false })
app.get('/', async (_, reply) => {
  const products = await ask('/products?rate=1')
  return reply.type('text/html').send(await span('page.render', () => render(products.slice(0, 60))))
})

app.listen({ port: Number(process.env.PORT ?? 3001), host: '127.0.0.1' })
process.on('SIGTERM', () =>
  app
    .close()
    .then(shutdown)
    .then(() => process.exit(0)),
)
