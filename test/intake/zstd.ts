import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const node = join(__dirname, '../../node_modules/node-24/bin/node')
const program = `
const level = { [require('zlib').constants.ZSTD_c_compressionLevel]: Number(process.argv[1]) }
process.stdout.write(require('zlib').zstdCompressSync(require('fs').readFileSync(0), { params: level }))`

/** Bytes as zstd, which the Node that runs the tests may not be able to write. */
export function zstd(bytes: Uint8Array, level = 3): Buffer {
  const { stdout, status } = spawnSync(node, ['-e', program, String(level)], {
    input: bytes,
    env: {},
    maxBuffer: 256 * 1024 * 1024,
  })
  if (status !== 0) throw new Error('zstd could not be written')
  return stdout
}
