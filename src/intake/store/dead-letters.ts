import { join } from 'node:path'
import type { FileOps } from '../wal/files'
import type { BadProfile } from './decode-upload'

/** Profiles that could not be decoded, each with the reason beside it, up to a number of them: the oldest stay. */
export class DeadLetters {
  #known: Set<string> | undefined

  constructor(
    private readonly ops: FileOps,
    private readonly dir: string,
    private readonly max: number,
  ) {}

  /** @returns false where there are too many already, or the disk takes no more: the raw profile is then only in its segment */
  async keep({ id, name, bytes, reason }: BadProfile): Promise<boolean> {
    try {
      await this.ops.mkdir(this.dir, { recursive: true })
      this.#known ??= new Set((await this.ops.readdir(this.dir)).filter((file) => file.endsWith('.bin')))
      const file = `${id}.bin`
      if (this.#known.has(file)) return true
      if (this.#known.size >= this.max) return false
      await this.#write(file, bytes)
      await this.#write(`${id}.json`, Buffer.from(`${JSON.stringify({ name, reason })}\n`))
      this.#known.add(file)
      return true
    } catch {
      return false
    }
  }

  async #write(file: string, bytes: Uint8Array): Promise<void> {
    const handle = await this.ops.open(join(this.dir, file), 'w')
    try {
      await handle.writeFile(bytes)
    } finally {
      await handle.close()
    }
  }
}
