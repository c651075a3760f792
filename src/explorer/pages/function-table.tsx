import { useMemo } from 'preact/hooks'
import { functionColumn } from '../app/function-column'
import { FunctionFilter, isWantedFunction } from '../app/function-filter'
import { useSandwichHref } from '../app/local-file'
import { Bar, type Column, Table } from '../app/table'
import { formatCount, formatPercent, formatValue } from '../flame/format'
import { type FunctionSum, functionSums } from '../flame/function-sums'
import type { CallTree } from '../flame/tree'

/** The flame graph in words: every function with what it costs. */
export function FunctionTable({
  tree,
  unit,
  whole = tree.total[0] ?? 0,
}: {
  tree: CallTree
  unit: string
  /** What 100 % is; the tree's own where absent. */
  whole?: number
}) {
  const sandwichHref = useSandwichHref()
  const all = useMemo(() => functionSums(tree), [tree])
  const rows = all.filter(({ frame }) => isWantedFunction(frame))
  const value = (name: 'self' | 'total', title: string): Column<FunctionSum> => ({
    name,
    title,
    width: 'minmax(190px, 0.35fr)',
    align: 'right',
    sort: (row) => row[name],
    cell: (row) => (
      <Bar part={row[name] / whole}>
        {formatValue(row[name], unit)} <em>{formatPercent(row[name] / whole)}</em>
      </Bar>
    ),
  })
  return (
    <div class="fill">
      <FunctionFilter>{formatCount(rows.length, 'function')}</FunctionFilter>
      <Table
        label="Functions"
        rows={rows}
        sortBy="self"
        keyOf={(row) => String(row.id)}
        columns={[
          functionColumn,
          value('self', 'Self'),
          value('total', 'Total'),
          {
            name: 'more',
            title: '',
            width: '92px',
            align: 'right',
            cell: ({ frame }) => (
              <a class="quiet" href={sandwichHref(frame)}>
                Sandwich
              </a>
            ),
          },
        ]}
      />
    </div>
  )
}
