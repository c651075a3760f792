import type { Measure, TopFunctions } from '../../pprof/answers'
import { Shown } from '../app/states'
import { Table } from '../app/table'
import { useQuery } from '../app/use-query'
import { formatSigned, formatValue } from '../flame/format'
import { shown } from '../flame/text'
import { kept, measured, selection } from '../url/chosen'
import { hrefOf, param } from '../url/location'
import { byVersion, versionsCompared } from '../url/sides'

interface Row {
  version: string
  before: Row | undefined
  self: number
  total: number
}

/** What a function costs in each version, and how that changed from one to the next. Nothing where there is only one. */
export function Deployments({ name, file }: { name: string; file: string }) {
  const answer = useQuery<TopFunctions>('top-functions', {
    ...selection.value,
    ...measured.value,
    ...{ per: param('per') || 'second', groupBy: ['version'], 'filter.function': name, limit: 1_000 },
  })
  return (
    <Shown answer={answer}>
      {(top) => {
        const rows = rowsOf(top, name, file)
        return rows.length < 2 ? null : <Versions rows={rows} measure={top.measure} />
      }}
    </Shown>
  )
}

function rowsOf({ functions, groups }: TopFunctions, name: string, file: string): Row[] {
  const own = functions.filter(({ frame }) => frame.name === name && (file === '' || frame.file === file))
  const sum = (group: number, value: 'self' | 'total') =>
    own.reduce((all, { groups }) => all + (groups[group]?.[value] ?? 0), 0)
  const rows = groups
    .map(
      ({ by }, i): Row => ({
        ...{ version: by[0] ?? '', before: undefined },
        ...{ self: sum(i, 'self'), total: sum(i, 'total') },
      }),
    )
    .sort((a, b) => byVersion(a.version, b.version))
  return rows.map((row, i) => ({ ...row, before: rows[i - 1] }))
}

/** A state is no amount: per second it is the average of one process. */
function perText({ gauge, per }: Measure): string {
  if (per === 'total') return ''
  return gauge ? ', average of one process' : `, per ${per === 'second' ? 'second of process time' : per}`
}

function Versions({ rows, measure }: { rows: Row[]; measure: Measure }) {
  const { unit } = measure
  const change = ({ total, before }: Row) => (before && before.total > 0 ? total / before.total - 1 : 0)
  return (
    <div class="panel deployments">
      <h3>By version{perText(measure)}</h3>
      <Table
        label="By version"
        rows={rows}
        sortBy="version"
        param="versions"
        maxRows={6}
        keyOf={({ version }) => version}
        columns={[
          {
            name: 'version',
            title: 'Version',
            sort: ({ version }) => rows.findIndex((row) => row.version === version),
            cell: ({ version }) => shown(version || 'no version', 60),
          },
          ...(['self', 'total'] as const).map((value) => ({
            name: value,
            title: value === 'self' ? 'Self' : 'Total',
            width: '120px',
            align: 'right' as const,
            sort: (row: Row) => row[value],
            cell: (row: Row) => formatValue(row[value], unit),
          })),
          {
            name: 'change',
            title: 'Change of total',
            width: '150px',
            align: 'right',
            sort: change,
            cell: (row) => {
              if (row.before === undefined) return <span class="faint">–</span>
              const isMore = row.total > row.before.total
              const text =
                row.before.total > 0
                  ? formatSigned(change(row))
                  : formatValue(row.total - row.before.total, unit)
              return <span class={isMore ? 'more' : 'less'}>{text}</span>
            },
          },
          {
            name: 'compare',
            title: '',
            width: '160px',
            align: 'right',
            cell: ({ version, before }) =>
              before && (
                <a
                  class="quiet"
                  href={hrefOf('/compare', kept(), {
                    ...versionsCompared(param('q'), before.version, version),
                    tab: 'table',
                  })}
                >
                  Compare with {shown(before.version || 'no version', 20)}
                </a>
              ),
          },
        ]}
      />
    </div>
  )
}
