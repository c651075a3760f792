import { test } from 'node:test'
import { assertOff, assertProfiled, installApplication } from './applications'
import { byEsbuild } from './bundlers'

const { path } = installApplication()

test('a bundle, the package external: profiled', async () => {
  await byEsbuild(path('api.js'), path('bundle.cjs'), ['@acme/profiler'])
  await assertProfiled({ file: path('bundle.cjs') })
})

test('a bundle, the package inside: it is built and runs, off, in one line', async () => {
  await byEsbuild(path('api.js'), path('whole.cjs'), [])
  await assertOff(
    { file: path('whole.cjs') },
    /: the profiler is off: it was bundled into the application; keep /,
  )
})
