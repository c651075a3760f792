import { type Bytes, block, num, text } from './wire'

/** Names of the string table of `smallProfile`, in order. */
export const strings = ['', 'cpu', 'nanoseconds', 'main', 'app.js', 'key', 'value', 'bytes']
/** Entries in each of the tables of locations, functions and mappings. */
export const tableSize = 2

/** Fields of `smallProfile` that point into the string table, and what they hold. */
export const stringFields = {
  'sample_type.type': 1,
  'sample_type.unit': 2,
  'period_type.type': 1,
  'period_type.unit': 2,
  'label.key': 5,
  'label.str': 6,
  'label.num_unit': 7,
  'mapping.filename': 4,
  'mapping.build_id': 3,
  'function.name': 3,
  'function.system_name': 3,
  'function.filename': 4,
  drop_frames: 3,
  keep_frames: 3,
  comment: 6,
  default_sample_type: 1,
  doc_url: 6,
}

/** Fields that hold ids: of others, and their own. */
export const idFields = {
  'sample.location_id': 1,
  'location.mapping_id': 1,
  'line.function_id': 1,
  'location.id': 1,
  'function.id': 1,
  'mapping.id': 1,
}

/** All other numbers. */
export const numberFields = {
  'sample.value': 10,
  'label.num': 42,
  'mapping.memory_start': 4096,
  'mapping.memory_limit': 8192,
  'mapping.file_offset': 16,
  'location.address': 4100,
  'line.line': 7,
  'line.column': 3,
  'location.is_folded': 1,
  'function.start_line': 5,
  time_nanos: 1_700_000_000_000_000_000n,
  duration_nanos: 60_000_000_000n,
  period: 10_101_010,
}

export type Field = keyof typeof stringFields | keyof typeof idFields | keyof typeof numberFields

/** A profile with every field of the format in it, two of each table, and some fields replaced. */
export function smallProfile(replaced: Partial<Record<Field, bigint | number>> = {}): Bytes {
  const value = { ...stringFields, ...idFields, ...numberFields, ...replaced }
  return [
    ...block(1, num(1, value['sample_type.type']), num(2, value['sample_type.unit'])),
    ...block(
      2,
      num(1, value['sample.location_id']),
      num(1, 2),
      num(2, value['sample.value']),
      block(3, num(1, value['label.key']), num(2, value['label.str'])),
      block(3, num(1, 5), num(3, value['label.num']), num(4, value['label.num_unit'])),
    ),
    ...block(
      3,
      num(1, value['mapping.id']),
      num(2, value['mapping.memory_start']),
      num(3, value['mapping.memory_limit']),
      num(4, value['mapping.file_offset']),
      num(5, value['mapping.filename']),
      num(6, value['mapping.build_id']),
      num(7, 1),
      num(8, 1),
      num(9, 0),
      num(10, 1),
    ),
    ...block(3, num(1, 2)),
    ...block(
      4,
      num(1, value['location.id']),
      num(2, value['location.mapping_id']),
      num(3, value['location.address']),
      block(4, num(1, value['line.function_id']), num(2, value['line.line']), num(3, value['line.column'])),
      num(5, value['location.is_folded']),
    ),
    ...block(4, num(1, 2), block(4, num(1, 2), num(2, 20))),
    ...block(
      5,
      num(1, value['function.id']),
      num(2, value['function.name']),
      num(3, value['function.system_name']),
      num(4, value['function.filename']),
      num(5, value['function.start_line']),
    ),
    ...block(5, num(1, 2), num(2, 6)),
    ...strings.flatMap((string) => text(6, string)),
    ...num(7, value.drop_frames),
    ...num(8, value.keep_frames),
    ...num(9, value.time_nanos),
    ...num(10, value.duration_nanos),
    ...block(11, num(1, value['period_type.type']), num(2, value['period_type.unit'])),
    ...num(12, value.period),
    ...num(13, value.comment),
    ...num(14, value.default_sample_type),
    ...num(15, value.doc_url),
  ]
}
