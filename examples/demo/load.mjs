import autocannon from 'autocannon'

const json = { 'content-type': 'application/json' }

/** What the shop is asked, and how often a second. */
export const shopRoutes = [
  { path: '/products?rate=1.1', rate: 25 },
  { path: '/products/7', rate: 200 },
  { path: '/search?q=oak', rate: 25 },
  { path: '/login', method: 'POST', headers: json, body: '{"user":"anna","password":"secret"}', rate: 20 },
  { path: '/cart/anna', method: 'POST', rate: 100 },
  { path: '/orders/shipped', rate: 30 },
]

/** Less of that, so that two cores are enough, and what the planted problems are in. */
export const demoRoutes = [
  ...shopRoutes.map((route) => ({ ...route, rate: Math.ceil(route.rate / 30) })),
  { path: '/checkout/anna', method: 'POST', rate: 40 },
  // Seldom: where the machine stops for a moment, the longest request is to be one of ben's, which take 40 times as long, and not hers.
  { path: '/recommendations/anna', rate: 1 },
  { path: '/recommendations/ben', rate: 1 },
  { path: '/visits/desk', method: 'POST', rate: 80 },
  { path: '/invoices/7', rate: 10 },
]

/** Of the web page. */
export const webRoutes = [{ path: '/', rate: 4 }]

/** Asks each route at its own rate until `stop()`, which resolves with the counts. */
export function drive(url, routes = shopRoutes) {
  const runs = routes.map(({ path, rate, ...request }) =>
    autocannon({ url: url + path, ...request, connections: 2, overallRate: rate, duration: 86_400 }),
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
