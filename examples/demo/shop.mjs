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
const giveUpMs = 180_000

/** The example shop: a web page, an API, a worker thread of it, and a background job, each with the agent preloaded. */
export class Shop {
  #children = []
  #loads = []
  #api
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
    await listening(web, this.webPort)
    this.#startLoad()
  }

  /** Ends the API and starts that version of it, at the same address. */
  async deploy(version) {
    // The web page's too, since it asks the API.
    await this.#stopLoad()
    await end(this.#api, 5_000)
    await this.#startApi(version)
    this.#startLoad()
  }

  /** Resolves when so many uploads of a version have arrived as its findings need. */
  async profiled(version) {
    const giveUpAt = Date.now() + giveUpMs
    const enough = async () =>
      (await storedProfiles(this.intakeUrl, 'wall.pprof', `service:shop version:${version}`)).length >=
      uploadsWanted
    while (!(await enough())) {
      const ending = this.#api.exitCode ?? this.#api.signalCode
      if (ending !== null) throw new Error(`the shop ended with ${ending}`)
      if (Date.now() > giveUpAt) throw new Error(`too few uploads of version ${version} arrived`)
      await delay(250)
    }
  }

  async stop() {
    await this.#stopLoad()
    await Promise.all(this.#children.map((child) => end(child, 5_000)))
  }

  async #startApi(version) {
    this.#api = this.#start('shop', 'shop/app.js', version, { PORT: String(this.apiPort) })
    await listening(this.#api, this.apiPort)
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

  #startLoad() {
    this.#loads = [
      drive(`http://127.0.0.1:${this.apiPort}`, demoRoutes),
      drive(`http://127.0.0.1:${this.webPort}`, webRoutes),
    ]
  }

  async #stopLoad() {
    const counts = await Promise.all(this.#loads.splice(0).map((load) => load.stop()))
    for (const { answered, failed } of counts) {
      this.answered += answered
      this.failed += failed
    }
  }
}
