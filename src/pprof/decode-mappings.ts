import { U32Column } from './columns'
import type { StringReader } from './decode-strings'
import { limitError } from './format-error'
import { checkId } from './ids'
import type { LimitValues } from './limits'
import type { Mapping } from './model'
import { varintType, type WireReader } from './wire'

const names = [
  'id',
  'memory_start',
  'memory_limit',
  'file_offset',
  'filename',
  'build_id',
  'has_functions',
  'has_filenames',
  'has_line_numbers',
  'has_inline_frames',
]

/** Reads `mapping` messages. There are few, so each is an object. */
export class MappingReader {
  readonly id = new U32Column()
  private readonly fields: bigint[][] = []

  constructor(
    private readonly wire: WireReader,
    private readonly strings: StringReader,
    private readonly limits: LimitValues,
  ) {}

  mapping(end: number): void {
    const { wire, strings, limits } = this
    if (this.fields.length === limits.profileMappings) {
      throw limitError(limits, 'profileMappings', this.fields.length + 1)
    }
    const fields = names.map(() => 0n)
    while (wire.pos < end) {
      const field = wire.tag(end)
      const name = names[field - 1]
      if (name === undefined) {
        wire.skip(end)
      } else if (name === 'filename' || name === 'build_id') {
        fields[field - 1] = BigInt(strings.index(end, `mapping.${name}`))
      } else {
        wire.expect(varintType, `mapping.${name}`)
        fields[field - 1] = wire.uint64(end)
      }
    }
    const id = fields[0] as bigint
    checkId(Number(id & 0xffffffffn), Number(id >> 32n), 'mapping.id')
    this.id.push(Number(id))
    this.fields.push(fields)
  }

  finish(strings: readonly string[]): Mapping[] {
    return this.fields.map((fields) => {
      const [, start = 0n, limit = 0n, offset = 0n, filename = 0n, buildId = 0n, ...has] = fields
      return {
        memoryStart: start,
        memoryLimit: limit,
        fileOffset: offset,
        filename: strings[Number(filename)] as string,
        buildId: strings[Number(buildId)] as string,
        hasFunctions: has[0] !== 0n,
        hasFilenames: has[1] !== 0n,
        hasLineNumbers: has[2] !== 0n,
        hasInlineFrames: has[3] !== 0n,
      }
    })
  }
}
