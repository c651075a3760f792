import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { demoRoutes, drive, webRoutes } from './load.mjs'
import { end, freePort, listening, start } from './processes.mjs'
import { storedProfiles } from './report.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const agent = ['--require', join(root, 'dist/init.js')]
const uploadPeriodS = 4
/** Of each version. A leak is told from noise by more than 5. */
const uploadsWanted = 7
const giveUpMs = 60_000

/** The example shop: a web page, an API, a worker thread of it, and a background job, each with the agent preloaded. */
export class Shop {
  #children = []
  #loads = []
  #api
  #apiLoad
  answered = 0
  failed = 0

  /** @param spoolDir where the agents keep files of theirs: what one start of the demo left there is no matter of the next */
  constructor(intakeUrl, spoolDir) {
    this.intakeUrl = intakeUrl
    this.spoolDir = spoolDir
  }

  /** Starts all of it in version 1.0. Rejects where a process does not listen. */
  async start() {
    this.apiPort = await freePort()
    this.webPort = await freePort()
    await this.#startApi('1.0')
    const web = this.#start('shop-web', 'shop-web/app.js', '1.0', {
      PORT: String(this.webPort),
      SHOP_URL: `http://127.0.0.1:${this.apiPort}`,
    })
    this.#start('shop-jobs', 'shop-jobs/job.js', '1.0', {})
    await listening(web, this.webPort, 15_000)
    this.#loads.push(drive(`http://127.0.0.1:${this.webPort}`, webRoutes))
  }

  /** Ends the API and starts that version of it, at the same address. */
  async deploy(version) {
    await this.#stopLoad(this.#apiLoad)
    await end(this.#api, 5_000)
    await this.#startApi(version)
  }

  /** Resolves when so many uploads of a version have arrived as its findings need. */
  async profiled(version) {
    const giveUpAt = Date.now() + giveUpMs
    const enough = async () =>
      (await storedProfiles(this.intakeUrl, 'wall.pprof', `service:shop version:${version}`)).length >=
      uploadsWanted
    while (!(await enough())) {
      if (this.#api.exitCode !== null) throw new Error(`the shop ended with code ${this.#api.exitCode}`)
      if (Date.now() > giveUpAt) throw new Error(`too few uploads of version ${version} arrived`)
      await delay(250)
    }
  }

  async stop() {
    for (const load of [this.#apiLoad, ...this.#loads]) await this.#stopLoad(load)
    await Promise.all(this.#children.map((child) => end(child, 5_000)))
  }

  async #startApi(version) {
    this.#api = this.#start('shop', 'shop/app.js', version, { PORT: String(this.apiPort) })
    await listening(this.#api, this.apiPort, 15_000)
    this.#apiLoad = drive(`http://127.0.0.1:${this.apiPort}`, demoRoutes)
  }

  #start(service, program, version, env) {
    const child = start(service, [...agent, join(root, 'examples', program)], {
      DD_PROFILING_ENABLED: 'true',
      DD_SERVICE: service,
      DD_ENV: 'demo',
      DD_VERSION: version,
      DD_PROFILING_UPLOAD_PERIOD: String(uploadPeriodS),
      DD_TRACE_AGENT_URL: this.intakeUrl,
      ACME_PROFILING_SPOOL_DIR: this.spoolDir,
      OTEL_EXPORTER_OTLP_ENDPOINT: this.intakeUrl,
      ...env,
    })
    this.#children.push(child)
    return child
  }

  async #stopLoad(load) {
    const { answered = 0, failed = 0 } = (await load?.stop()) ?? {}
    this.answered += answered
    this.failed += failed
  }
}
