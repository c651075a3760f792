const { products } = require('../products')
const { span } = require('../tracing')

// Most users have bought little; one has bought a lot.
const historyOf = (user) => products.slice(0, user === 'ben' ? 300 : 4)

/** Planted problem 2: all that was bought is copied anew for each thing that was bought. It is felt where the history is long. */
function rank(history) {
  const scores = new Map()
  for (const bought of history) {
    const others = JSON.parse(JSON.stringify(history))
    for (const other of others) {
      const isCheaper = other.price.cents < bought.price.cents
      if (isCheaper) scores.set(other.id, (scores.get(other.id) ?? 0) + 1)
    }
  }
  return [...scores].sort(([, a], [, b]) => b - a).slice(0, 5)
}

module.exports = async (app) => {
  app.get('/recommendations/:user', async (request) => {
    const history = span('recommendations.history', () => historyOf(request.params.user))
    return span('recommendations.rank', () => rank(history))
  })
}
