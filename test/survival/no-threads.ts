import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { assertOff } from './applications'
import { root } from './child'

const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-no-threads-'))
after(() => rmSync(folder, { recursive: true }))

/** F15: the system has no thread left for the addon: off, in one line, and the application runs on. */
export async function checkWithoutThreads(line?: string): Promise<void> {
  const library = join(folder, `refuse-${line}.so`)
  const source = join(root, 'test/native/refuse_threads.c')
  execFileSync('gcc', ['-shared', '-fPIC', source, '-o', library, '-ldl'])
  const addon = line ? '.glibc.node' : 'acme_profiler.node'
  await assertOff(
    {
      ...{ file: 'test/fixtures/survival-no-threads.js', args: [root], line },
      env: { LD_PRELOAD: library, REFUSE_THREADS_TO: addon },
    },
    /^acme-profiler: the profiler is off: V8 did not start its profiler\n$/,
  )
}
