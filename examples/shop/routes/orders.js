// Hot code: an object mapper.
const { setImmediate: turn } = require('node:timers/promises')
const { mapOrders } = require('../mapper')
const { orderRows } = require('../products')
const { span } = require('../tracing')

const revenue = (orders) =>
  orders.reduce(
    (sum, order) => sum + order.items.reduce((cents, item) => cents + item.quantity * item.unitCents, 0),
    0,
  )

module.exports = async (app) => {
  app.get('/orders/:status', async (request) =>
    span('orders.page', async () => {
      const rows = orderRows.filter((row) => row.order_status === request.params.status).slice(0, 240)
      await turn() // as the answer of a database would arrive, in a later turn of the loop
      const orders = span('orders.map', () => mapOrders(rows))
      return { orders: orders.length, cents: span('orders.sum', () => revenue(orders)) }
    }),
  )
}
