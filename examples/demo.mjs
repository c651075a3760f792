// npm run demo: a receiver, the example shop with the agent preloaded, load on every endpoint, and after two uploads what the profiles say.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { drive } from './demo/load.mjs'
import { end, freePort, listening, start } from './demo/processes.mjs'
import { printReport, storedProfiles } from './demo/report.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const uploadPeriodS = 10
const uploadsWanted = 2
const giveUpMs = 50_000

const directory = join(root, '.demo')
await rm(directory, { recursive: true, force: true })
await mkdir(directory)
const intakePort = await freePort()
const intakeUrl = `http://127.0.0.1:${intakePort}`
const shopPort = await freePort()
const children = []
process.once('SIGINT', () => stopAll().then(() => process.exit(130)))

async function stopAll() {
  for (const child of children.reverse()) await end(child, 5_000)
}

async function run() {
  const intake = start('intake', [join(root, 'dist/intake/main.js')], {
    ACME_INTAKE_PORT: String(intakePort),
    ACME_INTAKE_DIR: join(directory, 'intake'),
  })
  children.push(intake)
  await listening(intake, intakePort, 10_000)

  const shop = start('shop', ['--require', join(root, 'dist/init.js'), join(root, 'examples/shop/app.js')], {
    PORT: String(shopPort),
    DD_PROFILING_ENABLED: 'true',
    DD_SERVICE: 'shop',
    DD_ENV: 'demo',
    DD_VERSION: '1.2.3',
    DD_PROFILING_UPLOAD_PERIOD: String(uploadPeriodS),
    DD_TRACE_AGENT_URL: intakeUrl,
  })
  children.push(shop)
  await listening(shop, shopPort, 15_000)

  console.log(
    `Load on every endpoint until ${uploadsWanted} uploads have arrived (one every ${uploadPeriodS} s) ...`,
  )
  const load = drive(`http://127.0.0.1:${shopPort}`)
  const giveUpAt = Date.now() + giveUpMs
  while ((await storedProfiles(intakeUrl, 'wall.pprof')).length < uploadsWanted && Date.now() < giveUpAt) {
    if (shop.exitCode !== null) throw new Error(`the shop ended with code ${shop.exitCode}`)
    await delay(250)
  }
  const { answered, failed } = await load.stop()
  await end(shop, 5_000)
  console.log(`${answered} requests answered, ${failed} failed.\n`)
  if ((await storedProfiles(intakeUrl, 'wall.pprof')).length < uploadsWanted)
    throw new Error('too few uploads arrived')
  await printReport(intakeUrl, join(directory, 'profiles'))
}

let failure
try {
  await run()
} catch (error) {
  failure = error
}
await stopAll()
if (failure) {
  console.error(`Demo failed: ${failure.message}`)
  process.exitCode = 1
}
