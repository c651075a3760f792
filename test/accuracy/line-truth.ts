import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Sample } from './samples'

/** Counts of samples; `callers` and `callersRight` count frames that are not the leaf. */
export interface LineCounts {
  samples: number
  /** Every frame of the program has the line that was running. */
  right: number
  /** Among these, the leaf is the function that was running, and not the one that it is inlined into. */
  rightFunction: number
  leavesRight: number
  callers: number
  callersRight: number
  /** The misses, by `function[ > callee] line`. */
  wrong: Record<string, number>
}

/** Compares the line of every frame with what the program's source says (test/fixtures/truth-lines.js). */
export function compareLines(samples: readonly Sample[], sourceFile: string): LineCounts {
  const truth = readTruth(sourceFile)
  const counts = { samples: 0, right: 0, rightFunction: 0, leavesRight: 0, callers: 0, callersRight: 0 }
  const wrong: Record<string, number> = {}
  for (const { frames, values } of samples) {
    const own = frames.filter(
      ({ file, name }) => basename(file) === basename(sourceFile) && truth.functions.has(name),
    )
    const [leaf, ...callers] = own
    if (leaf === undefined) continue
    const count = values.sample ?? 0
    const isLeaf = truth.mayRun(leaf.name, leaf.line)
    const isInlined = !isLeaf && truth.calleesOf(leaf.name).some((name) => truth.mayRun(name, leaf.line))
    const misses = callers
      .map(({ name, line }, at) => ({ key: `${name} > ${own[at]?.name}`, line }))
      .filter(({ key, line }) => !truth.lines.get(key)?.has(line))
    if (!isLeaf && !isInlined)
      wrong[`${leaf.name} ${leaf.line}`] = (wrong[`${leaf.name} ${leaf.line}`] ?? 0) + count
    for (const { key, line } of misses) wrong[`${key} ${line}`] = (wrong[`${key} ${line}`] ?? 0) + count
    counts.samples += count
    counts.leavesRight += isLeaf || isInlined ? count : 0
    counts.callers += count * callers.length
    counts.callersRight += count * (callers.length - misses.length)
    counts.right += (isLeaf || isInlined) && misses.length === 0 ? count : 0
    counts.rightFunction += isLeaf && misses.length === 0 ? count : 0
  }
  return { ...counts, wrong }
}

function readTruth(sourceFile: string) {
  const lines = new Map<string, Set<number>>()
  readFileSync(sourceFile, 'utf8')
    .split('\n')
    .forEach((text, index) => {
      if (text.startsWith('//')) return
      for (const [, key = ''] of text.matchAll(/\/\/: (\w+(?: > \w+)?)/g)) {
        lines.set(key, (lines.get(key) ?? new Set()).add(index + 1))
      }
    })
  const calls = [...lines.keys()].map((key) => key.split(' > ') as [string, string?])
  const functions = new Set(calls.flat().filter((name) => name !== undefined))
  // The call itself is work of the caller.
  const mayRun = (name: string, line: number) =>
    [...lines].some(([key, at]) => at.has(line) && (key === name || key.startsWith(`${name} > `)))
  const calleesOf = (name: string): string[] =>
    calls.flatMap(([caller, callee]) => (caller === name && callee ? [callee, ...calleesOf(callee)] : []))
  return { lines, functions, mayRun, calleesOf }
}
