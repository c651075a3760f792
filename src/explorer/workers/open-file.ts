import { answerOne } from './answer'
import { readPprof } from './read-pprof'
import { readV8 } from './read-v8'

const maxBytes = 2 ** 29
const brace = 0x7b

answerOne(async (file: File) => {
  const bytes = await inflated(file)
  if (bytes.length === 0) throw new Error('it is empty')
  const first = bytes.find((byte) => byte > 0x20)
  const opened = first === brace ? readV8(new TextDecoder().decode(bytes)) : readPprof(bytes)
  if (opened.values.length === 0 || opened.parent.length <= 1) throw new Error('it holds no samples')
  return opened
})

/** The file's bytes, of gzip what is in it. */
async function inflated(file: File): Promise<Uint8Array> {
  const start = new Uint8Array(await file.slice(0, 2).arrayBuffer())
  const isZipped = start[0] === 0x1f && start[1] === 0x8b
  const stream = isZipped ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream()
  const parts: BlobPart[] = []
  let length = 0
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Error('its gzip is broken or cut')
    })
    if (done) break
    length += value.length
    if (length > maxBytes) throw new Error(`it is larger than ${maxBytes / 2 ** 20} MiB`)
    parts.push(value)
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}
