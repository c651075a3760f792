// Before `npm pack -w src/intake`: what was compiled for the intake is copied into its package. `--clean` takes it out again.
import { cpSync, rmSync } from 'node:fs'

const here = (name) => new URL(name, import.meta.url)

rmSync(here('dist'), { recursive: true, force: true })
if (!process.argv.includes('--clean')) {
  for (const room of ['intake', 'pprof', 'explorer'])
    cpSync(here(`../../dist/${room}`), here(`dist/${room}`), { recursive: true })
}
