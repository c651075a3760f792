import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

/**
 * Compares every frame of the samples with the lines that the program's source says (test/fixtures/truth-lines.js).
 * A sample is right if all its frames of that file are. `wrong` lists the misses by `function[ > callee] line`.
 * @param {import('./profile.mjs').Sample[]} samples
 */
export function compareLines(samples, sourceFile) {
  const truth = readTruth(sourceFile)
  const counts = { samples: 0, right: 0, leaves: 0, leavesRight: 0, callers: 0, callersRight: 0, wrong: {} }
  for (const { frames, values } of samples) {
    const own = frames.filter(
      ({ file, name }) => basename(file) === basename(sourceFile) && truth.functions.has(name),
    )
    if (own.length === 0 || !truth.lines.has(own[0].name)) continue
    const count = values.sample
    const misses = own.map((frame, at) => {
      const key = at === 0 ? frame.name : `${frame.name} > ${own[at - 1].name}`
      return truth.lines.get(key) === frame.line ? undefined : `${key} ${frame.line}`
    })
    counts.samples += count
    counts.leaves += count
    counts.callers += count * (own.length - 1)
    if (misses[0] === undefined) counts.leavesRight += count
    counts.callersRight += count * misses.slice(1).filter((miss) => miss === undefined).length
    if (misses.every((miss) => miss === undefined)) counts.right += count
    for (const miss of misses) if (miss !== undefined) counts.wrong[miss] = (counts.wrong[miss] ?? 0) + count
  }
  return counts
}

function readTruth(sourceFile) {
  const lines = new Map()
  readFileSync(sourceFile, 'utf8')
    .split('\n')
    .forEach((text, index) => {
      if (text.startsWith('//')) return
      for (const [, key] of text.matchAll(/\/\/: (\w+(?: > \w+)?)/g)) lines.set(key, index + 1)
    })
  const functions = new Set([...lines.keys()].flatMap((key) => key.split(' > ')))
  return { lines, functions }
}
