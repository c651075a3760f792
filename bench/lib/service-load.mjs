import autocannon from 'autocannon'

const connections = 20

/** Loads bench/work/spans-server.js; rejects if a request failed. `options` are autocannon's. */
export async function loadService(url, path, options) {
  const result = await autocannon({ url: url + path, connections, ...options })
  const failed = result.errors + result.non2xx
  if (failed > 0) throw new Error(`${failed} requests failed`)
  return result
}

/** CPU that the service has used so far, microseconds: of the process, of its main thread. */
export const cpuMicros = async (url) => (await fetch(`${url}/cpu`)).json()

/** CPU per request of the service, microseconds, over the load that `load` makes, and its requests per second. */
export async function cpuOfService(url, load) {
  const before = await cpuMicros(url)
  const { requests } = await load()
  const after = await cpuMicros(url)
  return {
    processMicros: (after.processMicros - before.processMicros) / requests.total,
    threadMicros: (after.threadMicros - before.threadMicros) / requests.total,
    perSecond: requests.average,
  }
}
