#!/usr/bin/env node
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type LimitName, type LimitValues, limits } from '../pprof/limits'
import { type IntakeOptions, startIntake } from './server'

const usage = `Intake of @acme/profiler: receives profiles and keeps them on disk.
  --host <address>         ACME_INTAKE_HOST   127.0.0.1
  --port <number>          ACME_INTAKE_PORT   8126
  --dir <path>             ACME_INTAKE_DIR    acme-profiles
  --limit <name>=<value>   repeatable; names: ${Object.keys(limits).join(' ')}`

main().catch((error: NodeJS.ErrnoException) => {
  console.error(
    error.code === 'EADDRINUSE' ? `${error.message}: choose another port with --port.` : error.message,
  )
  process.exitCode = 1
})

async function main(): Promise<void> {
  const options = readOptions()
  if (options === undefined) return console.log(usage)
  const intake = await startIntake(options)
  console.log(`acme-profiler intake: listening on ${intake.url}, storing in ${options.dir}`)
  const stop = () => void intake.close()
  process.once('SIGTERM', stop).once('SIGINT', stop)
}

function readOptions(): IntakeOptions | undefined {
  const string = { type: 'string' } as const
  const { values } = parseArgs({
    options: {
      host: string,
      port: string,
      dir: string,
      limit: { ...string, multiple: true },
      help: { type: 'boolean' },
    },
  })
  if (values.help) return undefined
  const { env } = process
  return {
    host: values.host ?? env.ACME_INTAKE_HOST ?? '127.0.0.1',
    port: wholeNumber('--port or ACME_INTAKE_PORT', values.port ?? env.ACME_INTAKE_PORT ?? '8126', 65_535),
    dir: resolve(values.dir ?? env.ACME_INTAKE_DIR ?? 'acme-profiles'),
    limits: readLimits(values.limit ?? []),
  }
}

function readLimits(pairs: readonly string[]): Partial<LimitValues> {
  const replaced: Partial<LimitValues> = {}
  for (const pair of pairs) {
    const [name = '', value = ''] = pair.split('=', 2)
    if (!Object.hasOwn(limits, name))
      throw new Error(`--limit ${pair}: there is no limit of that name (see --help).`)
    replaced[name as LimitName] = wholeNumber(`--limit ${name}`, value, 2 ** 31 - 1)
  }
  return replaced
}

function wholeNumber(what: string, text: string, max: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (!(value <= max))
    throw new Error(`${what} is ${JSON.stringify(text)}; a whole number from 0 to ${max} is needed.`)
  return value
}
