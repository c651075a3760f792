import autocannon from 'autocannon'

const connections = 20

/** Loads bench/work/spans-server.js; rejects if a request failed. `options` are autocannon's. */
export async function loadService(url, path, options) {
  const result = await autocannon({ url: url + path, connections, ...options })
  const failed = result.errors + result.non2xx
  if (failed > 0) throw new Error(`${failed} requests failed`)
  return result
}

/** CPU per request of the service, microseconds, over the load that `load` makes, and its requests per second. */
export async function cpuOfService(url, load) {
  const cpu = async () => (await fetch(`${url}/cpu`)).json()
  const before = await cpu()
  const { requests } = await load()
  const after = await cpu()
  return {
    processMicros: (after.processMicros - before.processMicros) / requests.total,
    threadMicros: (after.threadMicros - before.threadMicros) / requests.total,
    perSecond: requests.average,
  }
}
