import { join } from 'node:path'
import { type FileOps, realFiles } from '../wal/files'
import type { BlobStore } from './blob-store'
import { FileBlobStore } from './file-blob-store'

/** Reads blobs, and of segments that are not in the BlobStore yet from the log. */
export class SegmentBlobs implements Pick<BlobStore, 'getRange'> {
  readonly #log: FileBlobStore

  constructor(
    private readonly blobs: BlobStore,
    logDir: string,
    ops: FileOps = realFiles,
  ) {
    this.#log = new FileBlobStore(join(logDir), ops)
  }

  async getRange(key: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    const file = key.slice(key.lastIndexOf('/') + 1)
    const blob =
      (await this.blobs.getRange(key, offset, length)) ?? (await this.#log.getRange(file, offset, length))
    // It may have moved between the two.
    return blob ?? this.blobs.getRange(key, offset, length)
  }
}
