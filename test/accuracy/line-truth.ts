import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Sample } from './samples'

/** Counts of samples, except `callers` and `callersRight`: of frames that are not the leaf. */
export interface LineCounts {
  samples: number
  /** Every frame of the program has the right line. */
  right: number
  leavesRight: number
  callers: number
  callersRight: number
  /** The misses, by `function[ > callee] line`. */
  wrong: Record<string, number>
}

/** Compares the line of every frame with what the program's source says (test/fixtures/truth-lines.js). */
export function compareLines(samples: readonly Sample[], sourceFile: string): LineCounts {
  const { lines, functions } = readTruth(sourceFile)
  const counts: LineCounts = { samples: 0, right: 0, leavesRight: 0, callers: 0, callersRight: 0, wrong: {} }
  for (const { frames, values } of samples) {
    const own = frames.filter(
      ({ file, name }) => basename(file) === basename(sourceFile) && functions.has(name),
    )
    if (!lines.has(own[0]?.name ?? '')) continue
    const count = values.sample ?? 0
    const misses = own.map(({ name, line }, at) => {
      const key = at === 0 ? name : `${name} > ${own[at - 1]?.name}`
      return lines.get(key) === line ? undefined : `${key} ${line}`
    })
    const [leaf, ...callers] = misses
    counts.samples += count
    counts.leavesRight += leaf === undefined ? count : 0
    counts.callers += count * callers.length
    counts.callersRight += count * callers.filter((miss) => miss === undefined).length
    counts.right += misses.every((miss) => miss === undefined) ? count : 0
    for (const miss of misses) if (miss !== undefined) counts.wrong[miss] = (counts.wrong[miss] ?? 0) + count
  }
  return counts
}

function readTruth(sourceFile: string) {
  const lines = new Map<string, number>()
  readFileSync(sourceFile, 'utf8')
    .split('\n')
    .forEach((text, index) => {
      if (text.startsWith('//')) return
      for (const [, key] of text.matchAll(/\/\/: (\w+(?: > \w+)?)/g)) lines.set(key ?? '', index + 1)
    })
  return { lines, functions: new Set([...lines.keys()].flatMap((key) => key.split(' > '))) }
}
