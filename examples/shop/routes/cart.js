// Hot code: allocation. Each new cart stays in a bounded cache, and each request makes garbage besides.
const { products } = require('../products')
const { span } = require('../tracing')

const maxCarts = 4_000
const carts = new Map()

function createCart(id) {
  const lines = Array.from({ length: 60 }, (_, n) => ({
    product: products[(id + n) % products.length].sku,
    quantity: n,
    notes: [],
  }))
  return { id, createdAt: new Date(), lines, history: new Array(200).fill(id) }
}

function remember(cart) {
  carts.set(cart.id, cart)
  if (carts.size > maxCarts) carts.delete(carts.keys().next().value)
}

const total = (cart) =>
  cart.lines
    .map((line) => ({ ...line, cents: line.quantity * 499 }))
    .reduce((sum, line) => sum + line.cents, 0)

module.exports = async (app) => {
  let nextId = 0
  app.post('/cart/:user', async () => {
    const cart = span('cart.create', () => createCart(nextId++))
    remember(cart)
    return { id: cart.id, cents: span('cart.total', () => total(cart)), carts: carts.size }
  })
}
