import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chart } from '../../bench/lib/chart'

type Row = Parameters<typeof chart>[0]
const page = ({ values, ...row }: Row & { values: Record<string, number[]> }) =>
  chart(
    row,
    Object.entries(values).map(([title, of]) => ({ title, ours: title === 'ours', values: of })),
  )
const numbers = (html: string, attribute: string) =>
  [...html.matchAll(new RegExp(`<rect [^>]*${attribute}="([^"]*)"`, 'g'))].map((found) => Number(found[1]))

test('a bar for each variant, an interval where there are three rounds, and what is better', () => {
  const html = page({
    what: 'CPU',
    target: '<= 3 %',
    values: { ours: [1, 2, 3], peer: [4, 4] },
    note: 'a < b',
  })
  assert.equal(numbers(html, 'width').length, 2)
  assert.equal(html.match(/class="interval"/g)?.length, 1)
  assert.match(html, /less is better; aim: &#60;= 3 %/)
  assert.match(html, /a &#60; b/)
  assert.match(page({ what: 'speed', better: 'more', values: { ours: [1] } }), /more is better/)
})

test('less than nothing goes to the left of the line at zero', () => {
  const html = page({ what: 'change', values: { ours: [-5], peer: [10] } })
  const [ours, peer] = numbers(html, ' x') as [number, number]
  const widths = numbers(html, 'width') as [number, number]
  assert.ok(widths.every((width) => width > 0))
  assert.equal(ours + widths[0], peer)
  assert.match(html, /class="zero"/)
})

test('one that is far off is cut, and the others can be seen', () => {
  const html = page({
    what: 'latency',
    unit: 'ms',
    values: { none: [4], ours: [5], peer: [6], pprof: [7], sentry: [9_000] },
  })
  const widths = numbers(html, 'width')
  assert.ok(Math.min(...widths) > 40, widths.join())
  assert.match(html, /⟶ 9000.0 ms/)
})

test('all zero is no division by nothing', () => {
  assert.ok(!page({ what: 'idle', values: { ours: [0], peer: [0] } }).includes('NaN'))
})

test('where many are long, or there are few bars, none is cut', () => {
  const many = page({
    what: 'ELU',
    values: { none: [0.001], ours: [0.001], peer: [0.9], pprof: [0.8], sentry: [0.7] },
  })
  const few = page({ what: 'block', values: { none: [1], ours: [10], peer: [300] } })
  assert.ok(!`${many}${few}`.includes('⟶'))
})
