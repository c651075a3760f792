import { AsyncLocalStorage } from 'node:async_hooks'
import type { Addon } from './addon'
import type { Config } from './config'
import { type ContextVersion, watchContext } from './context-version'
import type { Engine } from './engine'
import { WindowResolver } from './resolve'
import { createResolver, type Resolvers } from './resolvers'
import { isMainThread, loadWorkerThreads } from './thread'

/** Samples a second, as the peers: just off 100, so that it does not march in step with 10 ms timers. */
const usualHz = 99

/** Our own addon on the calling thread. */
export class NativeEngine implements Engine {
  readonly name = 'native'
  readonly #addon: Addon
  readonly #config: Config
  #labelMode: Engine['labelMode'] = 'none'
  #contextVersion: ContextVersion | undefined
  #resolvers: Resolvers | undefined

  constructor(addon: Addon, config: Config) {
    this.#addon = addon
    this.#config = config
  }

  get labelMode(): Engine['labelMode'] {
    return this.#labelMode
  }

  start(): boolean {
    let started = false
    try {
      started = this.#start()
    } finally {
      if (!started) this.#release()
    }
    return started
  }

  #start(): boolean {
    const config = this.#config
    const contextFrames = this.#contextFramesActive()
    if (!contextFrames) this.#contextVersion = watchContext()
    this.#labelMode = contextFrames ? 'async context frame' : this.#contextVersion ? 'async hooks' : 'none'
    const resolvers = createResolver()
    this.#resolvers = resolvers
    const threadId = isMainThread ? 0 : loadWorkerThreads().threadId
    const windows = new WindowResolver(resolvers)
    const enterFrame = (frame: number) => this.#addon.enterFrame(frame)
    return this.#addon.start(
      {
        wall: config.wall,
        heap: config.heap,
        cpu: config.cpu,
        allocations: config.allocation,
        spanIds: config.codeHotspots,
        endpoints: config.endpoints,
        timeline: config.timeline,
        contextFrames,
        ...(this.#contextVersion ?? {}),
        samplingIntervalMicros: Math.round(1e6 / samplingHz()),
        heapSamplingIntervalBytes: config.heapSamplingIntervalBytes,
        maxOverheadPpm: samplingHz() === usualHz ? Math.round(config.maxOverheadPercent * 10_000) : 0,
        threadName: isMainThread ? 'Main Event Loop' : `Worker #${threadId} Event Loop`,
        threadId: String(threadId),
      },
      {
        resolveFrames: (count) => windows.resolve(count, enterFrame),
        resolveCurrent: () => windows.add(),
        takeWindow: () => windows.take(),
        endInterval: () => ({
          endpoints: windows.closeInterval(),
          endpointCounts: resolvers.takeEndpointCounts(),
        }),
      },
    )
  }

  discardInterval(): void {
    try {
      this.#addon.collect(() => undefined)
    } catch {
      // No memory: it goes with the next one.
    }
  }

  finish(): void {
    this.#addon.finish()
  }

  stop(): void {
    this.#addon.stop()
    this.#release()
  }

  #release(): void {
    this.#contextVersion?.release()
    this.#contextVersion = undefined
    this.#resolvers?.stop()
    this.#resolvers = undefined
  }

  #contextFramesActive(): boolean {
    if (!this.#config.asyncContextFrame || process.version.startsWith('v20.')) return false
    const probe = new AsyncLocalStorage<object>()
    try {
      return probe.run({}, () => this.#addon.contextFramesActive())
    } finally {
      // Without context frames, run() has switched on async hooks for the whole thread.
      probe.disable()
    }
  }
}

/** Tests of accuracy need more samples than a service should pay for, and no bound on that. */
function samplingHz(): number {
  const override = Number(process.env.ACME_PROFILING_SAMPLING_HZ)
  return override >= 1 && override <= 10_000 ? override : usualHz
}
