const { formatPrice } = require('../price')
const { products } = require('../products')
const { span } = require('../tracing')

const linesPerCart = 40

function receipt(first) {
  const lines = []
  for (let n = 0; n < linesPerCart; n++) {
    const { title, price } = products[(first + n) % products.length]
    lines.push(`${title.padEnd(40)}${formatPrice(price.cents, price.currency)}`)
  }
  return lines.join('\n')
}

module.exports = async (app) => {
  let orders = 0
  app.post('/checkout/:user', async (_, reply) => {
    const text = span('checkout.receipt', () => receipt(orders++))
    return reply.type('text/plain').send(text)
  })
}
