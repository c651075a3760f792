import type { ChildProcess } from 'node:child_process'
import type { Report } from './messages'

type Memory = Extract<Report, { type: 'memory' }>

const maxWordsChars = 2_000

/** Collects what tells afterwards why the store's process ended: what it wrote to standard error, which is passed on, and its memory. */
export class ChildEnding {
  readonly #startedMs = performance.now()
  #words = ''
  #memory: Memory | undefined

  constructor(child: ChildProcess) {
    child.stderr?.on('data', (chunk: Buffer) => {
      process.stderr.write(chunk)
      this.#words = (this.#words + chunk.toString()).slice(-maxWordsChars)
    })
  }

  memory(memory: Memory): void {
    this.#memory = memory
  }

  /** `SIGKILL after 12.0 s; its memory was 120 MiB 3.1 s before, at most 140; said last: ...`; the last two where known. */
  tell(code: number | null, signal: NodeJS.Signals | null): string {
    const nowMs = performance.now()
    const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`
    const mebibytes = (bytes: number) => Math.round(bytes / 1024 / 1024)
    const parts = [`${signal ?? `exit code ${code}`} after ${seconds(nowMs - this.#startedMs)}`]
    if (this.#memory !== undefined) {
      const { rssBytes, maxRssBytes, atMs } = this.#memory
      const ago = seconds(Math.max(0, Date.now() - atMs))
      parts.push(`its memory was ${mebibytes(rssBytes)} MiB ${ago} before, at most ${mebibytes(maxRssBytes)}`)
    }
    const words = this.#words.trim()
    if (words !== '') parts.push(`said last: ${words}`)
    return parts.join('; ')
  }
}
