import { useMemo } from 'preact/hooks'
import { FlameView } from '../app/flame-view'
import { FrameName } from '../app/frame-name'
import { Empty } from '../app/states'
import type { ColourBy } from '../flame/colours'
import { formatPercent, formatValue } from '../flame/format'
import { functionSums } from '../flame/function-sums'
import { calleesOf, callersOf } from '../flame/invert'
import { shown } from '../flame/text'
import type { CallTree } from '../flame/tree'
import { change, param } from '../url/location'

/** One function from all places where it runs: who calls it, and what it calls. */
export function Sandwich({
  tree,
  unit,
  whole = tree.total[0] ?? 0,
}: {
  tree: CallTree
  unit: string
  /** What 100 % is; the tree's own where absent. */
  whole?: number
}) {
  const sums = useMemo(() => functionSums(tree), [tree])
  const usual = (sums.find(({ frame }) => frame.origin === 'own') ?? sums[0])?.frame
  const isAsked = param('fn') !== ''
  const name = isAsked ? param('fn') : (usual?.name ?? '')
  const file = isAsked ? param('file') : (usual?.file ?? '')
  const isWanted = (id: number) => {
    const frame = tree.frames[id]
    return frame !== undefined && frame.name === name && (file === '' || frame.file === file)
  }
  const { callers, callees } = useMemo(
    () => ({ callers: callersOf(tree, isWanted), callees: calleesOf(tree, isWanted) }),
    [tree, name, file],
  )
  const chosen = sums.filter(({ id }) => isWanted(id))
  const [first] = chosen
  const looks = {
    colourBy: (param('by') || 'origin') as ColourBy,
    find: param('find'),
    root: 'all its calls',
  }
  return (
    <div class="fill">
      <div class="tools">
        <select
          aria-label="Function"
          class="wide"
          value={`${name}\n${first?.frame.file ?? file}`}
          onChange={(event) => {
            const [fn, file] = event.currentTarget.value.split('\n')
            change({ fn, file })
          }}
        >
          {!first && <option value={`${name}\n${file}`}>{shown(name, 80)}</option>}
          {sums.slice(0, 300).map(({ frame, id }) => (
            <option key={id} value={`${frame.name}\n${frame.file}`}>
              {shown(frame.name, 80)}
            </option>
          ))}
        </select>
        {first && <FrameName frame={first.frame} />}
        <span class="values">
          {formatValue(callees.total[0] ?? 0, unit)} <em>{formatPercent((callees.total[0] ?? 0) / whole)}</em>
          <span class="faint"> total · </span>
          {formatValue(
            chosen.reduce((sum, { self }) => sum + self, 0),
            unit,
          )}
          <span class="faint"> self</span>
        </span>
      </div>
      {first ? (
        <div class="sandwich">
          <h3>Callers</h3>
          <FlameView
            tree={callers}
            unit={unit}
            whole={whole}
            looks={{ ...looks, upwards: true }}
            label="Callers"
          />
          <h3>Callees</h3>
          <FlameView
            tree={callees}
            unit={unit}
            whole={whole}
            looks={{ ...looks, upwards: false }}
            label="Callees"
          />
        </div>
      ) : (
        <Empty title="This function did not run in the selection">
          <p>Choose another, or a longer range.</p>
        </Empty>
      )}
    </div>
  )
}
