import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProfileUpload, Sink, SpanBatch } from '../../src/intake/model'
import { fileFor, sha256, slugFor } from './file-names'

/** `files.json` of a stored upload: what it is, and which file holds what. */
export interface Manifest {
  startMs: number
  endMs: number
  tags: Record<string, string>
  endpointCounts: Readonly<Record<string, number>>
  /** The event first. `name` is what the client sent: data, never a path. */
  files: { name: string; file: string; bytes: number; sha256: string }[]
}

/** What tests look into: `<dir>/<day>/<service>-<hash>/{event.json,files.json,wall.pprof,...}`, and a line of `spans.jsonl` per span. */
export class FileSink implements Sink {
  #written = 0

  constructor(private readonly dir: string) {}

  admit(): void {}

  async profiles(upload: ProfileUpload): Promise<{ id: string; repeated: boolean }> {
    const { startMs, endMs, endpointCounts } = upload
    const named = [{ name: 'event.json', bytes: upload.event }, ...upload.profiles]
    const files = named.map(({ name, bytes }, at) => {
      const file = at === 0 ? name : fileFor(name)
      return { name, file, bytes: bytes.length, sha256: sha256(bytes) }
    })
    const tags = Object.fromEntries(upload.tags)
    const manifest: Manifest = { startMs, endMs, tags, endpointCounts, files }
    const day = new Date().toISOString().slice(0, 10)
    const id = `${day}/${slugFor(tags.service ?? 'unknown')}-${sha256(JSON.stringify(manifest)).slice(0, 32)}`
    const aside = join(this.dir, 'tmp', String(this.#written++))
    await mkdir(aside, { recursive: true })
    await mkdir(join(this.dir, day), { recursive: true })
    await Promise.all(files.map(({ file }, at) => writeFile(join(aside, file), named[at]?.bytes ?? '')))
    await writeFile(join(aside, 'files.json'), JSON.stringify(manifest))
    const repeated = await rename(aside, join(this.dir, id)).then(
      () => false,
      () => true,
    )
    if (repeated) await rm(aside, { recursive: true })
    return { id, repeated }
  }

  async spans(batches: SpanBatch[]): Promise<void> {
    const bigintAsText = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
    const lines = batches.flatMap(({ tags, spans }) => {
      return spans.map((span) => JSON.stringify({ tags: Object.fromEntries(tags), ...span }, bigintAsText))
    })
    await appendFile(join(this.dir, 'spans.jsonl'), `${lines.join('\n')}\n`)
  }
}
