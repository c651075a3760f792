import { useMemo } from 'preact/hooks'
import { Toggle } from '../app/flame-tools'
import { functionColumn } from '../app/function-column'
import { useSandwichHref } from '../app/local-file'
import { Bar, type Column, Table } from '../app/table'
import { formatPercent, formatValue } from '../flame/format'
import { type FunctionSum, functionSums } from '../flame/function-sums'
import type { CallTree } from '../flame/tree'
import { change, param } from '../url/location'

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
  const find = param('find').toLowerCase()
  const onlyOwn = param('own') === '1'
  const rows = all.filter(({ frame }) => {
    const isFound =
      find === '' || frame.name.toLowerCase().includes(find) || frame.file.toLowerCase().includes(find)
    return isFound && (!onlyOwn || frame.origin === 'own')
  })
  const value = (name: 'self' | 'total', title: string): Column<FunctionSum> => ({
    name,
    title,
    width: '190px',
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
      <div class="tools">
        <input
          type="search"
          aria-label="Find functions or files"
          placeholder="Find functions or files"
          value={param('find')}
          onInput={(event) => change({ find: event.currentTarget.value }, { replace: true })}
        />
        <Toggle name="own" text="Only my code" />
        <span class="faint">{rows.length.toLocaleString('en-US')} functions</span>
      </div>
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
