import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { decodeProfile } from '../../src/pprof/decode'
import { encodeProfile } from '../../src/pprof/encode'
import { FormatError, type FormatErrorCode } from '../../src/pprof/format-error'
import { none } from '../../src/pprof/model'
import { figures } from '../figures'
import { plain } from './plain'
import {
  type Field,
  idFields,
  numberFields,
  smallProfile,
  stringFields,
  strings,
  tableSize,
} from './small-profile'
import { type Bytes, block, num, packed, tag, text, varint } from './wire'

let handMade = 0
after(() => figures({ handMade }))

const decode = (bytes: Bytes) => {
  handMade++
  return decodeProfile(Uint8Array.from(bytes))
}

function refuses(bytes: Bytes, code: FormatErrorCode, what?: string): void {
  assert.throws(
    () => decode(bytes),
    (error) => {
      assert.ok(error instanceof FormatError, String(error))
      assert.equal(error.code, code, error.message)
      if (what !== undefined) assert.equal(error.detail.what, what, error.message)
      assert.match(error.message, /^[\x20-\x7e]+[^.]$/)
      return true
    },
  )
}

/** Is accepted, and what is written of it decodes to the same. */
function accepts(bytes: Bytes) {
  const profile = decode(bytes)
  assert.deepStrictEqual(decodeProfile(encodeProfile(profile)), profile)
  return profile
}

const huge = [2n ** 63n - 1n, 2n ** 64n - 1n, -1n, 2n ** 32n + 1n, 2n ** 32n, 2n ** 32n - 1n, 2n ** 31n]

for (const field of Object.keys(stringFields) as Field[]) {
  test(`${field}: the last string and no further`, () => {
    accepts(smallProfile({ [field]: 0 }))
    accepts(smallProfile({ [field]: strings.length - 1 }))
    for (const index of [strings.length, strings.length + 1, ...huge]) {
      refuses(smallProfile({ [field]: index }), 'pprof_index', field)
    }
  })
}

for (const field of ['sample.location_id', 'location.mapping_id', 'line.function_id'] as const) {
  test(`${field}: an id that is there`, () => {
    accepts(smallProfile({ [field]: tableSize }))
    for (const id of [tableSize + 1, ...huge]) refuses(smallProfile({ [field]: id }), 'pprof_index', field)
  })
}

test('sample.location_id cannot be 0; a location may have no mapping and a line no function', () => {
  refuses(smallProfile({ 'sample.location_id': 0 }), 'pprof_index', 'sample.location_id')
  assert.equal(accepts(smallProfile({ 'location.mapping_id': 0 })).locations.mapping[0], none)
  assert.equal(accepts(smallProfile({ 'line.function_id': 0 })).locations.lineFunction[0], none)
})

for (const [field, reference] of [
  ['location.id', 'sample.location_id'],
  ['function.id', 'line.function_id'],
  ['mapping.id', 'location.mapping_id'],
] as const) {
  test(`${field}: neither 0, nor used twice, nor above 32 bits`, () => {
    refuses(smallProfile({ [field]: 0 }), 'pprof_id', field)
    refuses(smallProfile({ [field]: tableSize }), 'pprof_id', field)
    for (const id of huge.filter((value) => value !== 2n ** 31n)) {
      refuses(smallProfile({ [field]: id }), 'pprof_id', field)
    }
    refuses(smallProfile({ [field]: 7 }), 'pprof_index', reference)
  })

  test(`${field}: in any order, with gaps`, () => {
    for (const id of [4, 1000, 2n ** 31n, 2n ** 32n - 2n]) {
      const profile = accepts(smallProfile({ [field]: id, [reference]: id }))
      assert.deepStrictEqual(plain(profile), plain(decode(smallProfile())))
      refuses(smallProfile({ [field]: id, [reference]: Number(id) - 1 }), 'pprof_index', reference)
    }
  })
}

for (const field of Object.keys(numberFields) as Field[]) {
  test(`${field}: any number of 64 bits`, () => {
    for (const value of [0n, ...huge]) accepts(smallProfile({ [field]: value }))
  })
}

test('signed fields keep their sign, unsigned ones have none', () => {
  const max = accepts(smallProfile({ 'sample.value': -1, 'label.num': -(2n ** 63n), 'location.address': -1 }))
  assert.equal(max.samples.values[0], -1n)
  assert.equal(max.samples.labelNum[1], -(2n ** 63n))
  assert.equal(max.locations.address[0], 2n ** 64n - 1n)
})

test('a line that no file can have is unknown; the high half is the column of a packed line', () => {
  const lineOf = (line: bigint) => {
    const { locations } = accepts(smallProfile({ 'line.line': line, 'line.column': 0 }))
    return [locations.lineNumber[0], locations.lineColumn[0]]
  }
  assert.deepEqual(lineOf(-1n), [0, 0])
  assert.deepEqual(lineOf((9n << 32n) | 12n), [12, 9])
  const negative = accepts(smallProfile({ 'line.column': -5, 'function.start_line': -5 }))
  assert.equal(negative.locations.lineColumn[0], 0)
  assert.equal(negative.functions.startLine[0], 0)
})

const numberAt = (bytes: Bytes) => [...tag(9, 0), ...bytes, ...text(6, '')]

test('varints: 10 bytes are a number, 11 are not, nor is what exceeds 64 bits', () => {
  assert.equal(accepts(numberAt(varint(5, 10))).timeNanos, 5n)
  assert.equal(accepts(numberAt(varint(-1))).timeNanos, -1n)
  refuses(numberAt(varint(5, 11)), 'pprof_varint')
  refuses(numberAt([...Array(9).fill(0xff), 0x02]), 'pprof_varint')
  refuses(numberAt(Array(30).fill(0x80)), 'pprof_varint')
  refuses([...tag(9, 0), 0x80], 'pprof_truncated')
  refuses(tag(9, 0), 'pprof_truncated')
})

test('a tag may be padded, but is neither field 0 nor above 32 bits', () => {
  assert.equal(accepts([...varint(9 * 8, 5), ...varint(1), ...text(6, '')]).timeNanos, 1n)
  refuses([...num(0, 1), ...text(6, '')], 'pprof_wire_type')
  refuses([...varint(2n ** 32n + 72n), 1], 'pprof_wire_type')
})

test('lengths: never past the end of what they lie in', () => {
  refuses([...tag(6, 2), ...varint(1)], 'pprof_truncated', 'length')
  for (const length of huge) refuses([...tag(6, 2), ...varint(length), 0], 'pprof_truncated', 'length')
  const labelBeyondSample = [...tag(2, 2), 2, ...tag(3, 2), 4]
  refuses([...labelBeyondSample, ...num(1, 1), ...num(2, 1), ...text(6, '')], 'pprof_truncated', 'length')
  refuses([...block(2, [...tag(2, 2), 1]), 5, ...text(6, '')], 'pprof_truncated', 'length')
  refuses([...block(2, [...tag(2, 0)]), 5, ...text(6, '')], 'pprof_truncated', 'varint')
  refuses([...block(2, [...tag(2, 2), 1, 0x80]), 5, ...text(6, '')], 'pprof_truncated', 'varint')
})

test('every cut of a profile is refused or is a shorter profile', () => {
  const whole = smallProfile()
  for (let length = 0; length < whole.length; length++) {
    try {
      accepts(whole.slice(0, length))
    } catch (error) {
      assert.ok(error instanceof FormatError, String(error))
    }
  }
})

test('groups are refused wherever they are, with their end or without', () => {
  const group = [...tag(16, 3), ...num(1, 1), ...tag(16, 4)]
  refuses([...smallProfile(), ...group], 'pprof_wire_type')
  refuses([...smallProfile(), ...tag(16, 4)], 'pprof_wire_type')
  refuses([...smallProfile(), ...block(4, num(1, 3), group)], 'pprof_wire_type')
  refuses([...smallProfile(), ...Array(10_000).fill(tag(16, 3)).flat()], 'pprof_wire_type')
  refuses([...smallProfile(), ...tag(16, 6), 0], 'pprof_wire_type')
  refuses([...smallProfile(), ...tag(16, 7), 0], 'pprof_wire_type')
})

test('unknown fields are passed over, not past their end', () => {
  const unknown = [
    ...num(16, 2n ** 64n - 1n),
    ...[...tag(17, 1), 1, 2, 3, 4, 5, 6, 7, 8],
    ...[...tag(18, 5), 1, 2, 3, 4],
  ]
  const expected = decode(smallProfile())
  assert.deepStrictEqual(accepts([...unknown, ...text(19, 'x'), ...smallProfile(), ...unknown]), expected)
  const location = block(4, num(1, 3), unknown, block(4, unknown))
  assert.equal(accepts([...smallProfile(), ...location]).locations.count, tableSize + 1)
  refuses([...smallProfile(), ...tag(17, 1), 1, 2, 3, 4, 5, 6, 7], 'pprof_truncated')
  refuses([...smallProfile(), ...tag(18, 5), 1, 2, 3], 'pprof_truncated')
  refuses([...block(4, num(1, 3), [...tag(18, 5), 1, 2]), 3, 4, ...smallProfile()], 'pprof_truncated')
})

test('a known field of another wire type is refused', () => {
  for (let field = 1; field <= 15; field++) {
    const isMessage = field <= 6 || field === 11
    const wrong = isMessage ? num(field, 1) : [...tag(field, 5), 1, 2, 3, 4]
    refuses([...smallProfile(), ...wrong], 'pprof_wire_type')
  }
  for (const [message, fields] of [
    [1, 2],
    [2, 3],
    [3, 10],
    [4, 5],
    [5, 5],
  ] as const) {
    for (let field = 1; field <= fields; field++) {
      refuses([...smallProfile(), ...block(message, [...tag(field, 5), 1, 2, 3, 4])], 'pprof_wire_type')
    }
  }
  refuses([...smallProfile(), ...block(2, block(3, text(1, 'key')))], 'pprof_wire_type', 'label.key')
  refuses([...smallProfile(), ...block(4, block(4, text(2, '7')))], 'pprof_wire_type', 'line.line')
})

test('numbers of a sample are the same packed, one by one, and mixed', () => {
  const rest = [
    ...block(1, num(1, 1)),
    ...block(1, num(1, 2)),
    ...block(4, num(1, 1)),
    ...block(4, num(1, 2)),
    ...block(4, num(1, 3)),
    ...['', 'a', 'b'].flatMap((name) => text(6, name)),
  ]
  const single = block(2, num(1, 3), num(1, 1), num(1, 2), num(2, -1), num(2, 300))
  const expected = accepts([...single, ...rest])
  assert.deepEqual([...expected.samples.stack], [2, 0, 1])
  assert.deepEqual([...expected.samples.values], [-1n, 300n])
  for (const sample of [
    block(2, packed(1, 3, 1, 2), packed(2, -1, 300)),
    block(2, packed(2, -1), num(1, 3), packed(1), packed(1, 1, 2), num(2, 300)),
    block(2, num(2, -1), packed(1, 3, 1), packed(2, 300), num(1, 2), packed(2)),
  ]) {
    assert.deepStrictEqual(accepts([...sample, ...rest]), expected)
  }
})

test('comments are the same packed and one by one', () => {
  const table = ['', 'a', 'b'].flatMap((name) => text(6, name))
  const expected = accepts([...num(13, 2), ...num(13, 1), ...table])
  assert.deepEqual(expected.comments, ['b', 'a'])
  assert.deepStrictEqual(accepts([...packed(13, 2, 1), ...table]), expected)
  assert.deepStrictEqual(accepts([...table, ...packed(13, 2, 1)]), expected)
})

test('every sample has as many values as there are sample types', () => {
  const sample = (...values: number[]) => block(2, packed(1, 1), packed(2, ...values))
  refuses([...smallProfile(), ...sample()], 'pprof_values')
  refuses([...smallProfile(), ...sample(1, 2)], 'pprof_values')
  refuses([...sample(1, 2), ...smallProfile()], 'pprof_values')
  refuses([...smallProfile(), ...block(1)], 'pprof_values')
  refuses([...block(2), ...text(6, '')], 'pprof_values')
  refuses([...block(2), ...block(2), ...block(1), ...text(6, '')], 'pprof_values')
})

test('there is a string table, and it starts with the empty string', () => {
  refuses([], 'pprof_string_table')
  refuses(num(9, 1), 'pprof_string_table')
  refuses(text(6, 'cpu'), 'pprof_string_table')
  assert.deepEqual(accepts(text(6, '')).strings, [''])
})

test('no period type, no default type, nothing but a string table: an empty profile', () => {
  const profile = accepts(text(6, ''))
  assert.equal(profile.periodType, undefined)
  assert.equal(profile.samples.count, 0)
})

test('a message field given twice is merged, a number given twice is the last', () => {
  const table = ['', 'a', 'b'].flatMap((name) => text(6, name))
  const profile = accepts([
    ...block(11, num(1, 1)),
    ...block(11, num(2, 2)),
    ...num(9, 1),
    ...num(9, 2),
    ...table,
  ])
  assert.deepEqual(profile.periodType, { type: 'a', unit: 'b' })
  assert.equal(profile.timeNanos, 2n)
})

test('tables may come after and between what points into them', () => {
  const fields: Bytes[] = [
    packed(13, 2),
    block(2, packed(1, 9), packed(2, 5), block(3, num(1, 1), num(3, 1))),
    block(4, num(1, 9), num(2, 4), block(4, num(1, 8), num(2, 1))),
    block(5, num(1, 8), num(2, 2)),
    block(3, num(1, 4), num(5, 1)),
    block(1, num(1, 1)),
    [...text(6, ''), ...text(6, 'a'), ...text(6, 'b')],
  ]
  const expected = accepts(fields.flat())
  assert.deepStrictEqual(accepts([...fields].reverse().flat()), expected)
})

test('two profiles one after the other are no profile', () => {
  refuses([...smallProfile(), ...smallProfile()], 'pprof_values')
  const withoutTypes = smallProfile().slice(block(1, num(1, 1), num(2, 2)).length)
  refuses([...smallProfile(), ...withoutTypes], 'pprof_id')
})

test('bytes that are not UTF-8 become U+FFFD, at any length', () => {
  for (const length of [1, 10, 24, 25, 100]) {
    const odd = [...Array(length - 1).fill(0x61), 0xff]
    const profile = accepts([...smallProfile(), ...block(6, odd)])
    assert.equal(profile.strings.at(-1), `${'a'.repeat(length - 1)}\ufffd`)
  }
  const surrogate = accepts([...smallProfile(), ...block(6, [0xed, 0xa0, 0x80])])
  assert.equal(surrogate.strings.at(-1), '\ufffd\ufffd\ufffd')
})

test('names that are special elsewhere are names', () => {
  for (const name of ['__proto__', 'constructor', '\0', '\u001b[2J', '\u202e', '"', '\r\n', '</script>']) {
    assert.equal(accepts([...smallProfile(), ...text(6, name)]).strings.at(-1), name)
  }
})

test('a build id of one byte, an empty location and an empty line are fine', () => {
  const profile = accepts([...smallProfile(), ...block(4, num(1, 3), block(4)), ...block(4, num(1, 4))])
  assert.equal(profile.locations.count, 4)
})

test('what is no pprof at all', () => {
  refuses([...new TextEncoder().encode('{"nodes":[]}')], 'pprof_wire_type')
  refuses([0x1f, 0x8b, 8, 0, 0, 0, 0, 0], 'pprof_wire_type')
  refuses(Array(100).fill(0), 'pprof_wire_type')
  refuses(Array(100).fill(0xff), 'pprof_varint')
})

test('the id fields and index fields above are all that the format has', () => {
  const tested = Object.keys({ ...stringFields, ...idFields, ...numberFields })
  assert.equal(tested.length, 17 + 6 + 13)
})
