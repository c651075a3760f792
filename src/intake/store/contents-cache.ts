import type { ColumnContents } from './column-profile'

const frameBytes = 120

/** Contents of profiles that were decoded when they were received, until their upload is read from the log. The oldest give way: what is not here is decoded again. */
export class ContentsCache {
  readonly #uploads = new Map<string, { contents: (ColumnContents | undefined)[]; bytes: number }>()
  #bytes = 0

  constructor(private readonly maxBytes: number) {}

  put(uploadId: string, contents: (ColumnContents | undefined)[]): void {
    const bytes = contents.reduce((sum, one) => sum + (one ? sizeOf(one) : 0), 0)
    this.take(uploadId)
    this.#uploads.set(uploadId, { contents, bytes })
    this.#bytes += bytes
    for (const [oldest] of this.#uploads) {
      if (this.#bytes <= this.maxBytes) return
      this.take(oldest)
    }
  }

  /** By the place of the profile in its upload. */
  take(uploadId: string): (ColumnContents | undefined)[] {
    const found = this.#uploads.get(uploadId)
    if (found === undefined) return []
    this.#uploads.delete(uploadId)
    this.#bytes -= found.bytes
    return found.contents
  }
}

function sizeOf({ stackStart, stackFrames, rowStack, rowValues, spanIds, frames }: ColumnContents): number {
  const columns = [stackStart, stackFrames, rowStack, rowStack, spanIds, ...rowValues]
  return columns.reduce((sum, { byteLength }) => sum + byteLength, frames.length * frameBytes)
}
