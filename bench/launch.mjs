// node bench/launch.mjs <run.mjs | check.mjs> [arguments]: runs it under Node 24, which reads what the peer compresses with zstd, and with tsx,
// because the harness shares TypeScript files with the tests.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { nodeBinary } from './lib/variants.mjs'

const [script, ...rest] = process.argv.slice(2)
const file = fileURLToPath(new URL(script, import.meta.url))
const { status } = spawnSync(nodeBinary('24'), ['--import', 'tsx', file, ...rest], { stdio: 'inherit' })
process.exit(status ?? 1)
