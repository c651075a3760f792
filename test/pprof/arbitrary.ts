import fc from 'fast-check'
import { Profile as PprofFormatProfile, StringTable } from 'pprof-format'

const int64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 1000n }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(
    -1n,
    0n,
    127n,
    128n,
    2n ** 31n,
    2n ** 32n - 1n,
    2n ** 53n + 1n,
    -(2n ** 63n),
    2n ** 63n - 1n,
  ),
)
const line = fc.oneof(fc.nat(5000), fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1))
// No byte order mark: pprof-format loses it.
const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
  fc.constantFrom('__proto__', 'constructor', '\u0000', '💥'.repeat(20)),
)

/** How many sample types, and of each table how many entries: what samples and locations may point to. */
const sizes = fc.record({
  types: fc.integer({ min: 1, max: 4 }),
  strings: fc.integer({ min: 1, max: 30 }),
  locations: fc.integer({ min: 1, max: 20 }),
  functions: fc.integer({ min: 1, max: 10 }),
  mappings: fc.integer({ min: 0, max: 2 }),
})

/** The uncompressed bytes of any valid profile, written by pprof-format. */
export const encodedProfile = sizes.chain((size) => {
  const string = fc.nat(size.strings)
  const list = <Value>(value: fc.Arbitrary<Value>, length: number) =>
    fc.array(value, { minLength: length, maxLength: length })
  // Numbered from 1 or, with a stride, sparsely.
  const stride = fc.constantFrom(1, 1, 1000, 200_000_000)
  // pprof-format counts no bytes for an empty message.
  const valueType = fc.record({ type: fc.integer({ min: 1, max: size.strings }), unit: string })
  const label = fc.record({
    key: fc.integer({ min: 1, max: size.strings }),
    str: string,
    num: int64,
    numUnit: string,
  })
  return fc
    .record({
      stride,
      strings: fc.uniqueArray(name, { minLength: size.strings, maxLength: size.strings }),
      sampleType: list(valueType, size.types),
      sample: fc.array(
        fc.record({
          locationId: fc.array(fc.integer({ min: 1, max: size.locations }), { maxLength: 12 }),
          value: list(int64, size.types),
          label: fc.array(label, { maxLength: 4 }),
        }),
        { maxLength: 30 },
      ),
      mapping: list(
        fc.record({
          memoryStart: int64,
          memoryLimit: int64,
          fileOffset: int64,
          filename: string,
          buildId: string,
          hasFunctions: fc.boolean(),
          hasFilenames: fc.boolean(),
          hasLineNumbers: fc.boolean(),
          hasInlineFrames: fc.boolean(),
        }),
        size.mappings,
      ),
      location: list(
        fc.record({
          mappingId: fc.nat(size.mappings),
          address: int64,
          line: fc.array(
            fc.record({ functionId: fc.integer({ min: 1, max: size.functions }), line, column: line }),
            { maxLength: 3 },
          ),
          isFolded: fc.boolean(),
        }),
        size.locations,
      ),
      function: list(
        fc.record({ name: string, systemName: string, filename: string, startLine: line }),
        size.functions,
      ),
      dropFrames: string,
      keepFrames: string,
      timeNanos: int64,
      durationNanos: int64,
      periodType: valueType,
      period: int64,
      comment: fc.array(string, { maxLength: 3 }),
      defaultSampleType: string,
    })
    .map(({ stride: by, strings, ...fields }) => {
      const stringTable = new StringTable()
      for (const text of strings) stringTable.dedup(text)
      const profile = new PprofFormatProfile({
        ...fields,
        sample: fields.sample.map((sample) => ({
          ...sample,
          locationId: sample.locationId.map((id) => id * by),
        })),
        location: fields.location.map((location, i) => ({
          ...location,
          id: (i + 1) * by,
          line: location.line.map((entry) => ({ ...entry, functionId: entry.functionId * by })),
        })),
        function: fields.function.map((fn, i) => ({ ...fn, id: (i + 1) * by })),
        mapping: fields.mapping.map((mapping, i) => ({ ...mapping, id: i + 1 })),
        stringTable,
      })
      return new Uint8Array(profile.encode())
    })
})
