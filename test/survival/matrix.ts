import assert from 'node:assert/strict'
import { type Child, type Outcome, root, runChild, runPlain } from './child'

export const places = ['main', 'worker', 'nested'] as const
export type Place = (typeof places)[number]

/** How a thread ends; `main` needs no `terminate`, and there `main-exits` is `exit`. */
export const ends = [
  'return',
  'exit',
  'throw',
  'reject',
  'terminate',
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGUSR2',
  'main-exits',
  'oom',
] as const
export type End = (typeof ends)[number]

export const profilers = { wall: 'wall', heap: 'space', both: 'space,wall' } as const
export type Profilers = keyof typeof profilers

export const cells = places.flatMap((place) =>
  ends
    .filter((end) => place !== 'main' || (end !== 'terminate' && end !== 'main-exits'))
    .map((end) => ({ place, end })),
)

/** Those that differ most in what ends first: for where there is no time for all. */
export const keyCells = cells.filter(
  ({ place, end }) =>
    end !== 'reject' &&
    end !== 'SIGINT' &&
    end !== 'SIGHUP' &&
    (end !== 'SIGUSR2' || place === 'main') &&
    (place !== 'nested' || end === 'terminate' || end === 'main-exits'),
)

export function cell(place: Place, end: End, kind: Profilers, options: Partial<Child> = {}): Child {
  return {
    file: 'test/fixtures/survival.js',
    args: [place, end],
    agent: root,
    ...options,
    ...(place === 'main' && end === 'oom' ? { nodeArgs: ['--max-old-space-size=40'] } : {}),
    ...(end.startsWith('SIG') ? { signals: [end as NodeJS.Signals] } : {}),
    env: {
      DD_PROFILING_PROFILERS: profilers[kind],
      DD_PROFILING_HEAP_SAMPLING_INTERVAL: '16384',
      ...options.env,
    },
  }
}

/** Runs one cell with and without the agent: the process ends in the same way, and its last upload has arrived. */
export async function check(place: Place, end: End, kind: Profilers, options: Partial<Child> = {}) {
  const child = cell(place, end, kind, options)
  const [plain, outcome] = [await runPlain(child), await runChild(child)]
  // V8 dies of it on the main thread, with a report that is full of addresses.
  const isFatal = place === 'main' && end === 'oom'
  if (isFatal) {
    assertSameEnd({ ...outcome, leftovers: [] }, { ...plain, stderr: outcome.stderr })
    // The note of a start that nothing good has come of yet.
    assert.match(outcome.leftovers.join(), /^acme-profiler-\d+\/starts-[^/,]+\/[\d.]+$/)
  } else assertSameEnd(outcome, plain)
  if (!isFatal) await assertUploaded(outcome, kind)
}

/** Exit code, signal and all output are those of the process without the agent; nothing lies around. */
export function assertSameEnd(outcome: Outcome, plain: Outcome): void {
  // Where inside Node an error passes on its way out of a worker differs from run to run.
  const told = ({ code, signal, stdout, stderr }: Outcome) => ({
    ...{ code, signal, stdout },
    stderr: stderr.replace(/^ +at .*\(?node:.*\n/gm, ''),
  })
  assert.deepEqual(told(outcome), told(plain))
  assert.deepEqual(outcome.leftovers, [])
}

/** Exactly one last upload, with the profiles that are on. */
export async function assertUploaded(outcome: Outcome, kind: Profilers): Promise<void> {
  const read = await Promise.all(outcome.uploads.map((upload) => upload.read()))
  const last = read.filter(({ event }) => event.tags_profiler.includes('snapshot:on_shutdown'))
  assert.equal(last.length, 1, `${outcome.uploads.length} uploads, ${last.length} of them the last`)
  const names = profilers[kind].split(',').map((name) => `${name}.pprof`)
  assert.deepEqual(Object.keys(last[0]?.files ?? {}).sort(), names.sort())
}
