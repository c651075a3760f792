/**
 * Immutable blobs by key: files here, objects of S3 elsewhere. A key is made by us, of `[A-Za-z0-9._/-]`; it never starts with a
 * slash and no part of it starts with a dot. Errors of the medium come as CodedError storage_full or storage_failed.
 */
export interface BlobStore {
  /** Resolves when the blob would survive a loss of power. The same key again replaces the blob by an equal one. */
  put(key: string, body: Uint8Array): Promise<void>
  /**
   * Takes over a file of this machine that is whole and synced, and that nobody writes any more: afterwards it is the blob, and
   * `path` is gone. Repeatable: where `path` is gone and the blob is there, nothing happens.
   */
  adopt(key: string, path: string): Promise<void>
  /** Exactly `length` bytes; undefined where there is no such blob or it is shorter. */
  getRange(key: string, offset: number, length: number): Promise<Uint8Array | undefined>
  /** All blobs whose key starts with `prefix`, in the order of their keys. */
  list(prefix: string): Promise<BlobInfo[]>
  /** What is absent already is no error. */
  delete(keys: readonly string[]): Promise<void>
}

export interface BlobInfo {
  key: string
  bytes: number
}
