import autocannon from 'autocannon'

const json = { 'content-type': 'application/json' }

const routes = [
  { path: '/products?rate=1.1', rate: 25 },
  { path: '/products/7', rate: 200 },
  { path: '/search?q=oak', rate: 25 },
  { path: '/login', method: 'POST', headers: json, body: '{"user":"anna","password":"secret"}', rate: 20 },
  { path: '/cart/anna', method: 'POST', rate: 100 },
  { path: '/orders/shipped', rate: 30 },
]

/** Drives every endpoint of the shop at its own rate (requests/s) until `stop()`, which resolves with the counts. */
export function drive(url) {
  const runs = routes.map(({ path, rate, ...request }) =>
    autocannon({ url: url + path, ...request, connections: 2, overallRate: rate, duration: 600 }),
  )
  return {
    async stop() {
      for (const run of runs) run.stop()
      const results = await Promise.all(runs)
      return {
        answered: results.reduce((sum, result) => sum + result['2xx'], 0),
        failed: results.reduce((sum, result) => sum + result.non2xx + result.errors, 0),
      }
    },
  }
}
