import { useLayoutEffect, useMemo, useState } from 'preact/hooks'
import type { Measure, TopFunctions } from '../../pprof/answers'
import { formatPercent, formatValue } from '../flame/format'
import { functionSums } from '../flame/function-sums'
import { packageName } from '../flame/groups'
import { shortFile, shown } from '../flame/text'
import type { CallTree } from '../flame/tree'
import { aggregate, selection } from '../url/chosen'
import { change, hrefOf, param, place } from '../url/location'
import { withValue } from '../url/selector'
import { Shown } from './states'
import { Bar } from './table'
import { useQuery } from './use-query'

/** Made of the tree that is there; everything else is asked for. */
const ofTree = ['function', 'package', 'file'] as const
const usual = [...ofTree, 'endpoint', 'thread', 'service', 'version', 'env', 'host', 'runtime-id']
const maxRows = 40

/** What the selection is broken down by, `split` in the address: a part of the code, a tag, or `label:<key>`. */
export function BreakdownChoice() {
  // Asked for when somebody is about to choose: it must not hold up the picture.
  const [isChoosing, setChoosing] = useState(false)
  const keys = useQuery<string[]>('tag-keys', isChoosing ? selection.value : undefined)
  const by = param('split')
  const [text, setText] = useState(by)
  useLayoutEffect(() => setText(by), [by])
  const known = [...new Set([...usual, ...(keys.data ?? [])])]
  return (
    <form
      class="breakdown-choice"
      onSubmit={(event) => {
        event.preventDefault()
        change({ split: text.trim() })
      }}
    >
      <input
        type="text"
        aria-label="Break down by"
        list="breakdowns"
        placeholder="Breakdown…"
        spellcheck={false}
        autocomplete="off"
        value={text}
        onFocus={() => setChoosing(true)}
        onInput={(event) => setText(event.currentTarget.value)}
        onChange={(event) => change({ split: event.currentTarget.value.trim() })}
      />
      <datalist id="breakdowns">
        {[...known, 'label:'].map((key) => (
          <option key={key} value={shown(key, 80)} />
        ))}
      </datalist>
    </form>
  )
}

interface Row {
  name: string
  total: number
  href: string | undefined
}

/** Beside a view: what each part of the selection weighs. Choosing one filters all views. */
export function Breakdown({ tree, measure }: { tree: CallTree; measure: Measure }) {
  const by = param('split')
  if (by === '') return null
  return (
    <aside class="breakdown-list" aria-label={`By ${shown(by, 60)}`}>
      {(ofTree as readonly string[]).includes(by) ? (
        <CodeRows by={by as (typeof ofTree)[number]} tree={tree} measure={measure} />
      ) : (
        <TagRows by={by} />
      )}
    </aside>
  )
}

function CodeRows({ by, tree, measure }: { by: (typeof ofTree)[number]; tree: CallTree; measure: Measure }) {
  const rows = useMemo(() => {
    const found = new Map<string, { name: string; total: number; find: string }>()
    for (const { frame, self } of functionSums(tree)) {
      const name =
        by === 'function'
          ? frame.name
          : by === 'file'
            ? shortFile(frame.file) || frame.name
            : packageName(frame)
      const key = by === 'file' ? frame.file || name : name
      const known = found.get(key) ?? { name, total: 0, find: by === 'file' ? frame.file : name }
      known.total += self
      found.set(key, known)
    }
    return [...found.values()].sort((a, b) => b.total - a.total)
  }, [tree, by])
  const { path, params } = place.value
  const shownRows = rows.map(({ name, total, find }) => ({
    name,
    total,
    // Of a package only its name is in a path.
    href: by === 'package' && name.startsWith('(') ? undefined : hrefOf(path, params, { find }),
  }))
  return <Rows title={`Self, by ${by}`} rows={shownRows} unit={measure.unit} whole={tree.total[0] ?? 0} />
}

function TagRows({ by }: { by: string }) {
  const answer = useQuery<TopFunctions>('top-functions', { ...aggregate.value, groupBy: [by], limit: 1 })
  return (
    <Shown answer={answer}>
      {({ groups, total, measure }) => (
        <Rows
          title={`By ${by}`}
          rows={groups.map((group) => ({
            name: group.by[0] || '(none)',
            total: group.total,
            href: hrefTo(by, group.by[0] ?? ''),
          }))}
          unit={measure.unit}
          whole={total}
        />
      )}
    </Shown>
  )
}

/** The same view with only that value. */
function hrefTo(by: string, value: string): string | undefined {
  const { path, params } = place.value
  const fresh = { at: undefined, x: undefined }
  if (by === 'endpoint' || by === 'thread') {
    // hrefOf leaves out what is empty, which here means samples outside any.
    return value === '' ? undefined : hrefOf(path, params, { ...fresh, [by]: value })
  }
  if (by.startsWith('label:'))
    return value === '' ? undefined : hrefOf(path, params, { ...fresh, [`labels.${by.slice(6)}`]: value })
  return hrefOf(path, params, { ...fresh, q: withValue(param('q'), by, value) })
}

function Rows({ title, rows, unit, whole }: { title: string; rows: Row[]; unit: string; whole: number }) {
  const seen = rows.slice(0, maxRows)
  const left = rows.slice(maxRows).reduce((sum, { total }) => sum + total, 0)
  return (
    <>
      <div class="breakdown-head">
        <b>{shown(title, 60)}</b>
        <button type="button" class="link" onClick={() => change({ split: undefined })}>
          Close
        </button>
      </div>
      <ul>
        {seen.map(({ name, total, href }) => (
          <li key={`${name} ${href}`}>
            <Bar part={total / whole}>
              <span class="breakdown-row">
                {href === undefined ? (
                  <span class="cut">{shown(name, 200)}</span>
                ) : (
                  <a class="cut" href={href} title={shown(name, 400)}>
                    {shown(name, 200)}
                  </a>
                )}
                <span class="values">
                  {formatValue(total, unit)} <em>{formatPercent(total / whole)}</em>
                </span>
              </span>
            </Bar>
          </li>
        ))}
      </ul>
      {rows.length > maxRows && (
        <p class="faint small">
          {(rows.length - maxRows).toLocaleString('en-US')} more, {formatPercent(left / whole)} together.
        </p>
      )}
    </>
  )
}
