import { lstatSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { privateDirectory } from './private-directory'
import { isAlive, ownerOf } from './process-owner'

/** A start whose process is still there after this long was a good one. */
const provenAfterMs = 60_000
/** Starts longer ago do not count: whatever it was, it may be tried again. */
const forgottenAfterMs = 600_000
const allowedCrashes = 2

/** Too many starts were killed: the application is left alone. */
export class CrashLoop extends Error {}

/**
 * Bounds the harm that the profiler could do to an application that is started again whenever it dies: two starts that ended within a minute
 * and not in an orderly way (a fatal signal, SIGKILL among them) keep it off for the next ten minutes. Each start leaves a file, which goes
 * when the minute has passed or the process ends in order; what is left tells of a crash.
 */
export class CrashLatch {
  readonly #file: string
  #timer: NodeJS.Timeout | undefined

  private constructor(file: string) {
    this.#file = file
    writeFileSync(file, '', { mode: 0o600 })
    this.#timer = setTimeout(() => this.release(), provenAfterMs)
    this.#timer.unref()
  }

  /**
   * Notes a start of the application `name`, the path of its script. Where no file can be kept there is no latch, which is no reason not to profile.
   * @throws CrashLoop that says why nothing is started, and until when
   */
  static arm(dir: string | undefined, name: string): CrashLatch | undefined {
    let directory: string
    let crashedAtMs: number[]
    try {
      directory = privateDirectory(dir, `starts-${encodeURIComponent(name).slice(-150)}`)
      crashedAtMs = crashesIn(directory)
    } catch {
      return undefined
    }
    if (crashedAtMs.length >= allowedCrashes) {
      const oldest = crashedAtMs.sort((a, b) => b - a)[allowedCrashes - 1] as number
      const again = new Date(oldest + forgottenAfterMs).toISOString()
      throw new CrashLoop(
        `the last ${crashedAtMs.length} starts of this application were killed within a minute, so it is left alone until ${again}; to profile it now, remove ${directory}`,
      )
    }
    try {
      return new CrashLatch(join(directory, ownerOf(process.pid)))
    } catch {
      return undefined
    }
  }

  /** The start was a good one, or the process ends in order. Again: the same. */
  release(): void {
    clearTimeout(this.#timer)
    try {
      rmSync(this.#file, { force: true })
      rmdirSync(dirname(this.#file))
    } catch {
      // Other starts are noted there, or it stays and is forgotten in ten minutes.
    }
  }
}

/** When the processes started that left a file here and are dead. Those too old to count are removed. */
function crashesIn(directory: string): number[] {
  const nowMs = Date.now()
  return readdirSync(directory).flatMap((owner) => {
    const file = join(directory, owner)
    const startedMs = lstatSync(file, { throwIfNoEntry: false })?.mtimeMs
    if (startedMs === undefined) return []
    const ageMs = nowMs - startedMs
    if (ageMs > forgottenAfterMs) rmSync(file, { force: true })
    // A time to come is of a clock that was set back since: nobody knows how long ago that was.
    if (ageMs < -forgottenAfterMs) return []
    // A live process in another container removes its file after the minute, give or take.
    return ageMs > forgottenAfterMs || isAlive(owner, () => ageMs <= provenAfterMs * 1.5) ? [] : [startedMs]
  })
}
