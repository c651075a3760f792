import type { ColumnContents } from './column-profile'
import { unpackContents } from './packed-contents'

type Packed = readonly (Uint8Array | undefined)[]

/** Contents of profiles that were decoded when they were received, until their upload is read from the log. The oldest give way: what is not here is decoded again. */
export class ContentsCache {
  readonly #uploads = new Map<string, Packed>()
  #bytes = 0

  constructor(private readonly maxBytes: number) {}

  put(uploadId: string, contents: Packed): void {
    this.#remove(uploadId)
    this.#uploads.set(uploadId, contents)
    this.#bytes += sizeOf(contents)
    for (const [oldest] of this.#uploads) {
      if (this.#bytes <= this.maxBytes) return
      this.#remove(oldest)
    }
  }

  /** By the place of the profile in its upload. */
  take(uploadId: string): (ColumnContents | undefined)[] {
    return this.#remove(uploadId).map((one) => one && unpackContents(one))
  }

  #remove(uploadId: string): Packed {
    const found = this.#uploads.get(uploadId)
    if (found === undefined) return []
    this.#uploads.delete(uploadId)
    this.#bytes -= sizeOf(found)
    return found
  }
}

function sizeOf(contents: Packed): number {
  return contents.reduce((sum, one) => sum + (one?.byteLength ?? 0), 0)
}
