import type { Comparison } from '../../pprof/answers'
import { Segments } from '../app/flame-tools'
import { functionColumn, functionKey } from '../app/function-column'
import { type Column, Table } from '../app/table'
import { formatCount, formatPercent, formatSigned, formatValue } from '../flame/format'
import { param } from '../url/location'

type Row = Comparison['functions'][number]

/** Rarer than this by chance alone, a change is called one. */
const sureBelow = 0.01

const kinds = {
  all: () => true,
  new: (row: Row) => row.aTotal === 0,
  gone: (row: Row) => row.bTotal === 0,
  sure: (row: Row) => row.chance < sureBelow,
}

/** Functions by how much they changed, and how likely such a change is where nothing did. */
export function ChangeTable({ comparison, asShares }: { comparison: Comparison; asShares: boolean }) {
  const only = param('only') || 'all'
  const rows = comparison.functions.filter(
    Object.hasOwn(kinds, only) ? kinds[only as keyof typeof kinds] : kinds.all,
  )
  const aWhole = asShares ? comparison.aTotal : 1
  const bWhole = asShares ? comparison.bTotal : 1
  const text = (value: number) => (asShares ? formatPercent(value) : formatValue(value, comparison.a.unit))
  // A difference of shares is no share of anything.
  const change = (value: number) => (asShares ? `${(value * 100).toFixed(1)} pts` : text(value))
  const pair = (name: 'Self' | 'Total', title: string): Column<Row> => ({
    name,
    title,
    width: 'minmax(140px, 0.3fr)',
    align: 'right',
    sort: (row) => row[`b${name}`] / bWhole,
    cell: (row) => (
      <span class="values">
        {text(row[`a${name}`] / aWhole)} <span class="faint">→</span> {text(row[`b${name}`] / bWhole)}
      </span>
    ),
  })
  const difference = (row: Row, name: 'Self' | 'Total') => row[`b${name}`] / bWhole - row[`a${name}`] / aWhole
  const changed = (name: 'Self' | 'Total', title: string): Column<Row> => ({
    name: `${name} change`,
    title,
    width: 'minmax(138px, 0.3fr)',
    align: 'right',
    sort: (row) => Math.abs(difference(row, name)),
    cell: (row) => (
      <Changed
        by={difference(row, name)}
        from={row[`a${name}`] / aWhole}
        text={change}
        isGone={row[`b${name}`] === 0}
      />
    ),
  })
  return (
    <div class="fill">
      <div class="tools">
        <Segments
          name="only"
          label="Which"
          usual="all"
          options={[
            ['all', 'All'],
            ['sure', 'Beyond chance'],
            ['new', 'New'],
            ['gone', 'Gone'],
          ]}
        />
        <span class="faint">{formatCount(rows.length, 'function')}</span>
      </div>
      <Table
        label="Functions that changed"
        rows={rows}
        sortBy="Self change"
        keyOf={functionKey}
        columns={[
          functionColumn,
          pair('Self', 'Self, A → B'),
          changed('Self', 'Change of self'),
          pair('Total', 'Total, A → B'),
          changed('Total', 'Change of total'),
          {
            name: 'chance',
            title: 'By chance',
            width: '82px',
            align: 'right',
            sort: (row) => -row.chance,
            cell: ({ chance }) =>
              chance < sureBelow ? (
                <span class="tag good">{'< 1 %'}</span>
              ) : (
                <span class="faint">{formatPercent(chance)}</span>
              ),
          },
        ]}
      />
    </div>
  )
}

function Changed({
  by,
  from,
  text,
  isGone,
}: {
  by: number
  from: number
  text(value: number): string
  isGone: boolean
}) {
  if (by === 0) return <span class="faint">–</span>
  const word = from === 0 ? 'new' : isGone ? 'gone' : formatSigned(by / from)
  return (
    <span class={`values ${by > 0 ? 'more' : 'less'}`}>
      {by > 0 ? '+' : by < 0 ? '−' : ''}
      {text(Math.abs(by))} <em>{word}</em>
    </span>
  )
}
