const { products } = require('../products')

const visits = []
// A real process would die of it in the end; this one is meant to run beside other work.
const maxVisits = 20_000
const pricesSeen = 2_000

/** Planted problem 3: what was visited is remembered, and never forgotten. */
function rememberVisit(page) {
  if (visits.length >= maxVisits) return
  const seen = new Array(pricesSeen)
  for (let n = 0; n < pricesSeen; n++) seen[n] = products[n % products.length].price.cents + 0.5
  visits.push({ page, at: new Date(), seen })
}

module.exports = async (app) => {
  app.post('/visits/:page', async (request) => {
    // After the answer. V8 would count what an inlined function allocates for its caller.
    setImmediate(rememberVisit, request.params.page)
    return { visits: visits.length }
  })
}
