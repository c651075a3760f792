import type { Signal } from '@preact/signals'
import { formatPercent, formatValue } from '../flame/format'
import type { Picture } from '../flame/picture'
import { pathOf } from '../flame/tree'

const maxShown = 40

/** For who does not see the picture: the path of the keyboard's box as a tree, and it is said when it changes. */
export function FlamePath({
  picture,
  focus,
  unit,
  whole,
}: {
  picture: Picture
  focus: Signal<number>
  unit: string
  whole: number
}) {
  const node = focus.value
  const path = pathOf(picture.tree, node)
  const total = picture.tree.total[node] as number
  const isDiff = picture.tree.sides !== undefined
  return (
    <div class="unseen">
      <div aria-live="polite">
        {picture.label(node)}
        {!isDiff && `, ${formatValue(total, unit)}, ${formatPercent(total / whole)}`}, level {path.length}
      </div>
      <div role="tree" aria-label="Path of the frame">
        {path
          .slice(0, maxShown)
          .reverse()
          .map((at) => (
            <div
              key={at}
              role="treeitem"
              aria-level={(picture.layout.level[at] as number) + 1}
              aria-selected={at === node}
              tabIndex={-1}
            >
              {picture.label(at)}
            </div>
          ))}
      </div>
    </div>
  )
}
