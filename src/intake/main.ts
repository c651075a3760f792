#!/usr/bin/env node
import { destination, pino } from 'pino'
import { limitValues } from '../pprof/limits'
import { Counters } from './counters'
import { refuseOpenAddress } from './loopback'
import { readSettings } from './read-settings'
import { startIntake } from './server'
import { usage } from './settings'
import { IntakeStore } from './store/intake-store'

main().catch((error: NodeJS.ErrnoException) => {
  console.error(
    error.code === 'EADDRINUSE' ? `${error.message}: choose another port with --port.` : error.message,
  )
  // Whatever was opened before is of no use.
  process.exit(1)
})

const stopMs = 1_900
const lastMs = 1_950

async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2), process.env)
  if (settings === undefined) return console.log(usage())
  refuseOpenAddress(settings.host, settings.keys)
  // Standard error, so that standard output says one line to a person.
  const log = pino({ level: settings.logLevel }, destination({ fd: 2, sync: true }))
  const counters = new Counters()
  const store = await IntakeStore.open({
    dir: settings.dir,
    limits: limitValues(settings.limits),
    retention: settings.retention,
    sourceRoots: settings.sourceRoots,
    memoryBytes: settings.memoryBytes,
    rebuild: settings.rebuild,
    count: (name, amount) => counters.add(name, amount),
    log: (message) => log.warn(message),
  })
  const intake = await startIntake({ ...settings, sink: store, queries: store, counters, log }).catch(
    async (error: unknown) => {
      await store.close()
      throw error
    },
  )
  console.log(`acme-profiler intake: listening on ${intake.url}, storing in ${settings.dir}`)
  let stopping = false
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return
    stopping = true
    const startMs = performance.now()
    // A disk or a thread may hang. All that was acknowledged is synced: an end at any point loses none of it.
    setTimeout(() => {
      log.warn({ signal }, 'stopped before all was finished')
      process.exit(0)
    }, lastMs).unref()
    await intake.close()
    // Whatever is left of the two seconds that an orchestrator at least gives; the log keeps what the columns have not.
    await store.close(Math.max(200, stopMs - (performance.now() - startMs)))
    log.info({ signal, ms: Math.round(performance.now() - startMs) }, 'stopped')
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  // One request must not end the others: what escaped it is said, and the intake goes on.
  process.on('uncaughtException', (err) => log.fatal({ err }, 'an error escaped its request'))
}
