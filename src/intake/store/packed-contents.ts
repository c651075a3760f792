import type { ColumnContents } from './column-profile'

/** Contents on their way to another process: hundreds of small objects and repeated paths would cost more to copy than to decode. */
export interface PackedContents extends Omit<ColumnContents, 'frames'> {
  names: string[]
  /** Each once. */
  files: string[]
  fileOf: Uint32Array
  lines: Uint32Array
}

export function packContents({ frames, ...rest }: ColumnContents): PackedContents {
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
  return { ...rest, names, files: [...fileIds.keys()], fileOf, lines }
}

export function unpackContents({ names, files, fileOf, lines, ...rest }: PackedContents): ColumnContents {
  const frames = names.map((name, i) => ({
    name,
    file: files[fileOf[i] as number] as string,
    line: lines[i] as number,
  }))
  return { ...rest, frames }
}
