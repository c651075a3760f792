import { deserialize, serialize } from 'node:v8'
import type { ColumnContents } from './column-profile'

interface Packed extends Omit<ColumnContents, 'frames'> {
  names: string[]
  /** Each once. */
  files: string[]
  fileOf: Uint32Array
  lines: Uint32Array
}

/**
 * Contents as bytes, which pass two threads and a process: hundreds of small objects and repeated paths would cost more to copy than
 * to decode. Only between programs of one version, and never stored.
 */
export function packContents({ frames, ...rest }: ColumnContents): Uint8Array {
  const fileIds = new Map<string, number>()
  const fileOf = new Uint32Array(frames.length)
  const lines = new Uint32Array(frames.length)
  const names = frames.map(({ name, file, line }, i) => {
    let id = fileIds.get(file)
    if (id === undefined) {
      id = fileIds.size
      fileIds.set(file, id)
    }
    fileOf[i] = id
    lines[i] = line
    return name
  })
  return serialize({ ...rest, names, files: [...fileIds.keys()], fileOf, lines } satisfies Packed)
}

export function unpackContents(bytes: Uint8Array): ColumnContents {
  const { names, files, fileOf, lines, ...rest } = deserialize(bytes) as Packed
  const frames = names.map((name, i) => ({
    name,
    file: files[fileOf[i] as number] as string,
    line: lines[i] as number,
  }))
  return { ...rest, frames }
}
