import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { errors } from '../../src/pprof/errors'
import { limits } from '../../src/pprof/limits'

const page = readFileSync(join(__dirname, '../../docs/intake.md'), 'utf8')

/** The rows of the table after a marker, as they stand on the page. */
function rowsAfter(marker: string): string[] {
  const after = page
    .slice(page.indexOf(`<!-- ${marker}:`))
    .split('\n')
    .slice(2)
  const end = after.findIndex((line) => !line.startsWith('|'))
  return after.slice(2, end)
}

test('the page has every limit, as it is', () => {
  const expected = Object.entries(limits).map(([name, { value, unit, of, reached }]) => {
    return `| \`${name}\` | ${value.toLocaleString('en-US')} ${unit} | ${of} | ${reached} |`
  })
  assert.deepEqual(rowsAfter('limits'), expected)
})

test('the page has every error, as it is', () => {
  const expected = Object.entries(errors).map(
    ([code, { status, message }]) => `| \`${code}\` | ${status} | ${message} |`,
  )
  assert.deepEqual(rowsAfter('errors'), expected)
})

test('what the table of limits says of a refusal is in the catalogue', () => {
  for (const { reached } of Object.values(limits)) {
    const refusal = /refused: (\d{3}) (\w+)/.exec(reached)
    if (refusal) assert.equal(errors[refusal[2] as keyof typeof errors]?.status, Number(refusal[1]), reached)
  }
})
