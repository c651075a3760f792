import { writeFileSync } from 'node:fs'
import { Refusal } from './refusal'

/** Writes to the file of `--out`. Throws Refusal. */
export function writeOut(path: string | string[] | undefined, contents: string | Uint8Array): string {
  if (typeof path !== 'string' || path === '') throw new Refusal('--out <file> is missing')
  try {
    writeFileSync(path, contents)
  } catch (error) {
    throw new Refusal((error as Error).message)
  }
  return path
}
