// biome-ignore-all lint/a11y/useSemanticElements: rows stand at absolute places, which those of a <table> cannot.
// biome-ignore-all lint/a11y/useFocusableInteractive: the buttons and links in the cells are what is walked to.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { change, param } from '../url/location'

export interface Column<T> {
  name: string
  title: string
  /** Sorted by it, the largest first for numbers; not sortable where absent. */
  sort?: (row: T) => number | string
  cell: (row: T) => ComponentChildren
  /** Fixed width in CSS; what is left where absent. */
  width?: string
  align?: 'right'
}

interface TableProps<T> {
  label: string
  rows: readonly T[]
  columns: readonly Column<T>[]
  /** Sorted by this column where the address says nothing. */
  sortBy: string
  keyOf: (row: T) => string
  /** Parameter of the address that keeps the order; two tables of one view need two. */
  param?: string
  /** Rows that are seen without scrolling, at most. */
  maxRows?: number
}

const rowPixels = 32

/** A table of which only what is seen is in the document: functions come by the thousand. */
export function Table<T>({
  label,
  rows,
  columns,
  sortBy,
  keyOf,
  param: name = 'sort',
  maxRows,
}: TableProps<T>) {
  const wanted = param(name) || sortBy
  const isUp = wanted.startsWith('-')
  const by = columns.find((column) => column.name === wanted.replace(/^-/, '')) ?? columns[0]
  const sorted = by?.sort
    ? [...rows].sort((a, b) => (isUp ? -1 : 1) * order(by.sort?.(a) ?? 0, by.sort?.(b) ?? 0))
    : rows
  const scroller = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState({ top: 0, height: 600 })
  useEffect(() => {
    const element = scroller.current as HTMLDivElement
    const look = () => setSeen({ top: element.scrollTop, height: element.clientHeight })
    const observer = new ResizeObserver(look)
    observer.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [])
  const first = Math.max(0, Math.floor(seen.top / rowPixels) - 5)
  const last = Math.min(sorted.length, Math.ceil((seen.top + seen.height) / rowPixels) + 5)
  const template = columns.map(({ width }) => width ?? 'minmax(0, 1fr)').join(' ')
  return (
    <div
      class="table"
      role="table"
      aria-label={label}
      aria-rowcount={sorted.length + 1}
      ref={scroller}
      style={maxRows ? { maxHeight: `${(maxRows + 1) * rowPixels}px` } : {}}
    >
      <div class="tr head" role="row" style={{ gridTemplateColumns: template }}>
        {columns.map((column) => (
          <div
            key={column.name}
            role="columnheader"
            class={column.align}
            aria-sort={column === by && column.sort ? (isUp ? 'ascending' : 'descending') : undefined}
          >
            {column.sort ? (
              <button
                type="button"
                onClick={() =>
                  change(
                    { [name]: column === by && !isUp ? `-${column.name}` : column.name },
                    { replace: true },
                  )
                }
              >
                {column.title}
                {column === by && <span aria-hidden="true">{isUp ? ' ↑' : ' ↓'}</span>}
              </button>
            ) : (
              column.title
            )}
          </div>
        ))}
      </div>
      <div class="tbody" role="rowgroup" style={{ height: `${sorted.length * rowPixels}px` }}>
        {sorted.slice(first, last).map((row, i) => (
          <div
            class="tr"
            role="row"
            key={keyOf(row)}
            aria-rowindex={first + i + 2}
            style={{ gridTemplateColumns: template, top: `${(first + i) * rowPixels}px` }}
          >
            {columns.map((column) => (
              <div key={column.name} role="cell" class={column.align}>
                {column.cell(row)}
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  )
}

/** Numbers from the largest, texts by the alphabet. */
function order(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return b - a
  return String(a).localeCompare(String(b))
}

/** A share of the whole as a bar behind its number. */
export function Bar({ part, children }: { part: number; children: ComponentChildren }) {
  return (
    <span class="bar">
      <span class="bar-fill" style={{ width: `${Math.max(0, Math.min(1, part)) * 100}%` }} />
      <span class="bar-text">{children}</span>
    </span>
  )
}
