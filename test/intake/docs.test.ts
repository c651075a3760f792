import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { routes } from '../../src/intake/routes'
import { type SettingName, settings, variableOf } from '../../src/intake/settings'
import { errors } from '../../src/pprof/errors'
import { limits } from '../../src/pprof/limits'

const path = join(__dirname, '../../docs/intake.md')

/** Compares the rows of the table after a marker. With UPDATE_DOCS=1 they are written instead. */
function holdRows(marker: string, expected: readonly string[]): void {
  const lines = readFileSync(path, 'utf8').split('\n')
  const first = lines.findIndex((line) => line.startsWith(`<!-- ${marker}:`)) + 4
  const end = lines.findIndex((line, at) => at >= first && !line.startsWith('|'))
  if (process.env.UPDATE_DOCS === '1') {
    writeFileSync(path, [...lines.slice(0, first), ...expected, ...lines.slice(end)].join('\n'))
  } else {
    assert.deepEqual(lines.slice(first, end), expected)
  }
}

test('the page has every setting, as it is', () => {
  const rows = Object.entries(settings).map(([name, { flag, default: value, of }]) => {
    const shown = [name, variableOf(name as SettingName), flag && `--${flag}`, value]
    return `| ${shown.map((text) => (text ? `\`${text}\`` : '')).join(' | ')} | ${of} |`
  })
  holdRows('settings', rows)
})

test('the page has every address, as it is', () => {
  const rows = routes.map(({ methods, path, answers, of }) => {
    return `| ${methods.map((method) => `\`${method}\``).join(', ')} | \`${path}\` | ${answers} | ${of} |`
  })
  holdRows('routes', rows)
})

test('the page has every limit, as it is', () => {
  const rows = Object.entries(limits).map(([name, { value, unit, of, reached }]) => {
    return `| \`${name}\` | ${value.toLocaleString('en-US')} ${unit} | ${of} | ${reached} |`
  })
  holdRows('limits', rows)
})

test('the page has every error, as it is', () => {
  const rows = Object.entries(errors).map(
    ([code, { status, message }]) => `| \`${code}\` | ${status} | ${message} |`,
  )
  holdRows('errors', rows)
})

test('what the table of limits says of a refusal is in the catalogue', () => {
  for (const { reached } of Object.values(limits)) {
    const refusal = /refused: (\d{3}) (\w+)/.exec(reached)
    if (refusal) assert.equal(errors[refusal[2] as keyof typeof errors]?.status, Number(refusal[1]), reached)
  }
})
