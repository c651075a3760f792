// Hot code: JSON.
const { products } = require('../products')
const { span } = require('../tracing')

const stored = JSON.stringify(products)

const priced = (list, rate) =>
  list.map((product) => ({
    ...product,
    price: { cents: Math.round(product.price.cents * rate), currency: 'USD' },
  }))

module.exports = async (app) => {
  app.get('/products', async (request, reply) => {
    const list = span('products.load', () => JSON.parse(stored))
    const body = span('products.serialize', () =>
      JSON.stringify(priced(list, Number(request.query.rate ?? 1.1))),
    )
    return reply.type('application/json').send(body)
  })
  app.get(
    '/products/:id',
    async (request) => products[Number(request.params.id)] ?? { error: 'no such product' },
  )
}
