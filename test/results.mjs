// What suites did when they ran last, in numbers: one JSON file in test/results for each file of tests.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = join(dirname(fileURLToPath(import.meta.url)), 'results')

/**
 * A suite's numbers as they are kept.
 * @typedef {{ file: string, date: string, node: string, machine: string, passed: number, failed: number, skipped: number, seconds: number,
 *   figures: Record<string, number> }} Result
 */

/** The figures in what a suite printed (`figures.ts`). */
export const figuresIn = (text) =>
  [...text.matchAll(/^figures (\{.*\})$/gm)].map(([, numbers]) => JSON.parse(numbers))

/** @param {Pick<Result, 'file' | 'passed' | 'failed' | 'skipped' | 'seconds' | 'figures'>} result */
export function keepResult(result) {
  mkdirSync(folder, { recursive: true })
  const name = result.file
    .replace(/^test\//, '')
    .replaceAll('/', '-')
    .replace(/\.ts$/, '.json')
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`
  const { file, ...counts } = result
  const kept = {
    file,
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    machine,
    ...counts,
  }
  writeFileSync(join(folder, name), `${JSON.stringify(kept, undefined, 2)}\n`)
}

/** @returns {Map<string, Result>} by file, without `test/` and `.ts` */
export function keptResults() {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return new Map(
    names.map((name) => [basename(name, '.json'), JSON.parse(readFileSync(join(folder, name), 'utf8'))]),
  )
}
