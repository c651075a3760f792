import { createContext, Script } from 'node:vm'
import { Decompress } from 'fzstd'

/** As zlib.zstdDecompressSync takes them. */
export interface ZstdOptions {
  maxOutputLength: number
  /** Of what a frame may look back on. */
  maxWindowBytes: number
}

interface Frame {
  bytes: Uint8Array
  blocks: number
  windowBytes: number
}

const magic = 0xfd2fb528
const skippableMagic = 0x184d2a50
const maxBlockBytes = 128 * 1024
/** Of moving the window at each block, which is what this decoder does: more than the largest profile that is accepted needs. */
const maxMovedBytes = 16 * 2 ** 30
const codeTooLarge = 'ERR_BUFFER_TOO_LARGE'
/** Many times what the largest upload that is accepted takes. */
const maxDecodingMs = 5_000

/**
 * zstd (RFC 8878) for a Node that has none. The decoder believes what frames say of themselves, so they are looked through first. Throws
 * as zlib.zstdDecompressSync does. Checksums are not compared: what is inflated is read whole by whoever asked.
 */
export function unzstd(bytes: Uint8Array, options: ZstdOptions): Buffer {
  return withinTime(() => decode(bytes, options))
}

function decode(bytes: Uint8Array, { maxOutputLength, maxWindowBytes }: ZstdOptions): Buffer {
  const pieces: Uint8Array[] = []
  let length = 0
  const keep = (piece: Uint8Array) => {
    length += piece.length
    if (length > maxOutputLength) throw Object.assign(new RangeError('too large'), { code: codeTooLarge })
    pieces.push(piece)
  }
  let movedBytes = 0
  for (const frame of frames(bytes)) {
    if (frame.windowBytes > maxWindowBytes) throw new Error('Frame requires too much memory for decoding')
    movedBytes += frame.blocks * frame.windowBytes
    if (movedBytes > maxMovedBytes) throw new Error('Frame has too many blocks for its window')
    new Decompress(keep).push(frame.bytes, true)
  }
  return Buffer.concat(pieces, length)
}

const sandbox: { work?: () => Buffer } = createContext({})
const working = new Script('work()')

/** The decoder does not come to an end with some bytes that zstd never writes (a tree of one symbol), and with others, a dozen of them, in minutes. */
function withinTime(work: () => Buffer): Buffer {
  sandbox.work = work
  // Of all tries: where a process gets little of a CPU, one try alone looks as if it had stood still.
  const before = process.cpuUsage()
  try {
    for (;;) {
      try {
        return working.runInContext(sandbox, { timeout: maxDecodingMs })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
        const { user, system } = process.cpuUsage(before)
        const stoodStill = (user + system) / 1_000 < maxDecodingMs / 2
        if (!stoodStill)
          throw new Error(`Data corruption detected: not decoded within ${maxDecodingMs / 1_000} s`)
      }
    }
  } finally {
    delete sandbox.work
  }
}

/** All but those that are to be skipped, one after the other, each with its end. */
function* frames(bytes: Uint8Array): Generator<Frame> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let start = 0; start < bytes.length; ) {
    needs(bytes, start + 8)
    const found = view.getUint32(start, true)
    if ((found & 0xfffffff0) >>> 0 === skippableMagic) {
      start += 8 + view.getUint32(start + 4, true)
      needs(bytes, start)
      continue
    }
    if (found !== magic) throw new Error('Unknown frame descriptor')
    const { headerBytes, windowBytes, checksumBytes } = readHeader(bytes, view, start)
    const { blocks, end } = walkBlocks(bytes, start + headerBytes)
    needs(bytes, end + checksumBytes)
    yield { bytes: bytes.subarray(start, end + checksumBytes), blocks, windowBytes }
    start = end + checksumBytes
  }
}

function readHeader(bytes: Uint8Array, view: DataView, start: number) {
  const described = bytes[start + 4] as number
  const isSingle = (described & 0x20) !== 0
  if (described & 0x08) throw new Error('Unsupported frame parameter')
  if (described & 0x03) throw new Error('Dictionary mismatch')
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][described >> 6] as number
  const headerBytes = 5 + (isSingle ? 0 : 1) + sizeBytes
  needs(bytes, start + headerBytes)
  const checksumBytes = described & 0x04 ? 4 : 0
  if (isSingle) return { headerBytes, checksumBytes, windowBytes: contentBytes(view, start + 5, sizeBytes) }
  const window = bytes[start + 5] as number
  const base = 2 ** (10 + (window >> 3))
  return { headerBytes, checksumBytes, windowBytes: base + (base / 8) * (window & 7) }
}

function contentBytes(view: DataView, at: number, sizeBytes: number): number {
  if (sizeBytes === 1) return view.getUint8(at)
  if (sizeBytes === 2) return view.getUint16(at, true) + 256
  if (sizeBytes === 4) return view.getUint32(at, true)
  return Number(view.getBigUint64(at, true))
}

function walkBlocks(bytes: Uint8Array, start: number): { blocks: number; end: number } {
  for (let at = start, blocks = 1; ; blocks++) {
    needs(bytes, at + 3)
    const head = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)
    const [type, size] = [(head >> 1) & 3, head >> 3]
    if (type === 3 || size > maxBlockBytes) throw new Error('Data corruption detected')
    // A repeated byte stands there once.
    at += 3 + (type === 1 ? 1 : size)
    needs(bytes, at)
    if (head & 1) return { blocks, end: at }
  }
}

function needs(bytes: Uint8Array, end: number): void {
  if (end > bytes.length) throw new Error('unexpected end of file')
}
