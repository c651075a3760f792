import { test } from 'node:test'
import { assertOff } from './applications'
import { root } from './child'

for (const how of ['refused', 'dies'])
  test(`where the uploader's thread ${how === 'dies' ? how : 'is refused'}, nothing is sampled any longer, and one line says so`, () =>
    assertOff(
      { file: 'test/fixtures/survival-no-uploader.js', args: [how, root] },
      /^acme-profiler: the profiler is off: the uploader's thread is gone: planted\n$/,
    ))
