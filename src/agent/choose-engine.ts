import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Addon, loadAddon } from './addon'
import type { Config } from './config'
import type { Engine } from './engine'
import { NativeEngine } from './native-engine'
import { isMainThread } from './thread'

export interface Choice {
  engine: Engine
  /** Present if the engine is our own. */
  addon?: Addon
}

/**
 * Our own engine where there is an addon for this platform, else @datadog/pprof if the application has installed it.
 * @throws Error whose message names the platform and what would help, in one line
 */
export function chooseEngine(config: Config): Choice {
  const addon = tryAddon()
  if (!(addon instanceof Error)) return { engine: new NativeEngine(addon, config), addon }
  if (!existsSync(join(__dirname, 'uploader', 'main.js')))
    throw new Error('it was bundled into the application; keep @acme/profiler out of the bundle (`external`)')
  if (!isMainThread) throw new Error(`no addon for ${platform()}; there only the main thread can be profiled`)
  // Loaded only here: the start of an application waits for every module of ours.
  const { loadDatadogPprof } = require('./datadog-pprof') as typeof import('./datadog-pprof')
  const pprof = loadDatadogPprof()
  if (!(pprof instanceof Error)) {
    const { DatadogEngine } = require('./datadog-engine') as typeof import('./datadog-engine')
    return { engine: new DatadogEngine(pprof, config) }
  }
  const why = addon.message.startsWith('No native build') ? '' : `: ${firstLine(addon)}`
  const help = isMissing(pprof)
    ? 'with `npm install @datadog/pprof` that is used instead'
    : `@datadog/pprof cannot be used instead: ${firstLine(pprof)}`
  throw new Error(`no addon for ${platform()}${why}; ${help}. See docs/platforms.md`)
}

function tryAddon(): Addon | Error {
  try {
    return loadAddon()
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** `linux x64, musl, ABI 137 (Node 24.21.0)` */
function platform(): string {
  const { platform, arch, versions } = process
  const libc = platform === 'linux' ? `, ${libcName()}` : ''
  return `${platform} ${arch}${libc}, ABI ${versions.modules} (Node ${versions.node})`
}

function libcName(): string {
  if (existsSync('/etc/alpine-release')) return 'musl'
  const report = process.report as typeof process.report & { excludeNetwork?: boolean }
  const { excludeNetwork = false } = report
  // Else it looks up the names of everybody whom this process is connected to.
  report.excludeNetwork = true
  const { header } = report.getReport() as unknown as { header: { glibcVersionRuntime?: string } }
  report.excludeNetwork = excludeNetwork
  return header.glibcVersionRuntime === undefined ? 'musl' : `glibc ${header.glibcVersionRuntime}`
}

function isMissing({ code, message }: NodeJS.ErrnoException): boolean {
  return code === 'MODULE_NOT_FOUND' && message.startsWith("Cannot find module '@datadog/pprof'")
}

function firstLine({ message }: Error): string {
  return message.split('\n', 1)[0] as string
}
