// npm run demo: an intake, the example shop in version 1.0 and then in 1.1, load on every endpoint, what the profiles say, and the
// explorer's address; all of it runs until Ctrl+C. With --once it ends after what the profiles say.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { end, freePort, listening, start } from './demo/processes.mjs'
import { printReport } from './demo/report.mjs'
import { Shop } from './demo/shop.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const directory = join(root, '.demo')
const isOnce = process.argv.includes('--once')

let intake
let shop
let stopping

/** The applications first, so that what they upload as they end is taken. */
function stopAll() {
  stopping ??= (async () => {
    await shop?.stop()
    if (intake) await end(intake, 5_000)
  })()
  return stopping
}

// npm passes on the signal that the terminal sends to all, so it comes twice.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => stopAll().then(() => process.exit(signal === 'SIGINT' ? 130 : 143)))
}

async function run() {
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  intake = start('intake', [join(root, 'dist/intake/main.js')], {
    ACME_INTAKE_PORT: String(port),
    ACME_INTAKE_DIR: join(directory, 'intake'),
    ACME_INTAKE_LOG_LEVEL: 'warn',
    ACME_INTAKE_SOURCE_ROOTS: join(root, 'examples'),
  })
  await listening(intake, port)
  shop = new Shop(url, join(directory, 'spool'))
  await shop.start()
  console.log(
    'The shop runs in version 1.0, with load on every endpoint. 1.1 follows in about half a minute ...',
  )
  await shop.profiled('1.0')
  await shop.deploy('1.1')
  console.log('Version 1.1 is there. In about half a minute there is enough to look at ...')
  await shop.profiled('1.1')
  if (isOnce) await shop.stop()
  await printReport(url, join(directory, 'profiles'))
  if (isOnce) return console.log(`\n${shop.answered} requests answered, ${shop.failed} failed.`)
  console.log(`
The explorer: ${url}
The shop's web page: http://127.0.0.1:${shop.webPort}
Three problems are planted in the shop; README.md walks to each. Ctrl+C ends everything.`)
  await new Promise(() => {})
}

try {
  await run()
} catch (error) {
  if (stopping === undefined) {
    console.error(`Demo failed: ${error.message}`)
    process.exitCode = 1
  }
}
await stopAll()
