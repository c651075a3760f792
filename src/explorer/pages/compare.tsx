import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Comparison, ServiceSummary as Service } from '../../pprof/answers'
import type { Params } from '../api/client'
import { comparedTree, sideTree } from '../api/trees'
import { FlameTools, Toggle } from '../app/flame-tools'
import { FlameView } from '../app/flame-view'
import { ChangeLegend } from '../app/legend'
import { leftOf, shaped } from '../app/shape'
import { SideRows } from '../app/side-rows'
import { Empty, Shown } from '../app/states'
import { Tabs } from '../app/tabs'
import { useQuery } from '../app/use-query'
import type { FlameCanvas } from '../flame/flame-canvas'
import { formatCount, formatSigned, formatValue } from '../flame/format'
import { shown } from '../flame/text'
import type { CallTree } from '../flame/tree'
import { aggregate } from '../url/chosen'
import { change, param, place } from '../url/location'
import { wantedValue } from '../url/selector'
import { byVersion, type Side, type SideName, sides, versionsCompared } from '../url/sides'
import { range } from '../url/time'
import { ChangeTable } from './change-table'

const tabs = [
  ['flame', 'Flame graph'],
  ['sides', 'Side by side'],
  ['table', 'Functions'],
] as const

/** Totals further apart than this are compared by shares, unless a person wants otherwise. */
const normalisedFrom = 0.1

/** Two selections: what became more, and what less. */
export function ComparePage() {
  const services = useQuery<Service[]>('services', { ...range.value })
  const service = wantedValue(param('q'), 'service')
  const versions = [
    ...new Set(
      (services.data ?? [])
        .filter((one) => service === undefined || one.service === service)
        .flatMap((one) => one.versions),
    ),
  ].sort(byVersion)
  const isChosen = [...place.value.params.keys()].some((name) => /^[ab]\./.test(name))
  // A link has to show the same tomorrow, when there may be another version: what is chosen here is put into the address.
  useEffect(() => {
    if (isChosen || services.data === undefined) return
    const [a, b] = versions.slice(-2)
    change(
      a !== undefined && b !== undefined ? versionsCompared(param('q'), a, b) : { 'a.shift': 'before' },
      { replace: true },
    )
  }, [isChosen, services.data])
  const { q: _q, fromMs: _from, toMs: _to, ...rest } = aggregate.value
  const { a, b } = sides.value
  const asked = {
    ...rest,
    ...askedOf('a', a),
    ...askedOf('b', b),
  }
  const answer = useQuery<Comparison>('compare', isChosen ? asked : undefined)
  return (
    <section class="page">
      <SideRows versions={versions} />
      <Shown answer={answer}>{(comparison) => <Compared comparison={comparison} />}</Shown>
    </section>
  )
}

function askedOf(name: SideName, { q, fromMs, toMs, profile }: Side): Params {
  return {
    ...{ [`${name}.q`]: q, [`${name}.fromMs`]: fromMs, [`${name}.toMs`]: toMs },
    ...(profile !== '' && { [`${name}.profileIds`]: [profile] }),
  }
}

function Compared({ comparison }: { comparison: Comparison }) {
  const { aTotal, bTotal } = comparison
  const areFar = Math.abs(aTotal - bTotal) > normalisedFrom * Math.max(aTotal, bTotal)
  const norm = param('norm')
  const asShares = norm === '' ? areFar : norm === '1'
  const tree = useMemo(() => comparedTree(comparison, asShares), [comparison, asShares])
  const tab = param('tab') || 'flame'
  if (aTotal === 0 || bTotal === 0) {
    const side = aTotal === 0 ? (bTotal === 0 ? 'Neither side has' : 'Side A has no') : 'Side B has no'
    return (
      <Empty title={`${side} profiles with this measure`}>
        <p>Choose another version, time or measure.</p>
      </Empty>
    )
  }
  return (
    <>
      <div class="page-head">
        <Tabs label="Ways to look" tabs={tabs} value={tab} />
        <p class="coverage">
          A <b>{formatValue(aTotal, comparison.a.unit)}</b> of {formatCount(comparison.a.profiles, 'profile')}{' '}
          · B <b>{formatValue(bTotal, comparison.b.unit)}</b> of{' '}
          {formatCount(comparison.b.profiles, 'profile')} · {formatSigned(bTotal / aTotal - 1)}
          {comparison.a.per !== 'total' && ` per ${comparison.a.per}`}
        </p>
        <Toggle name="norm" text="Compare shares" isOn={areFar} />
        {asShares && <span class="tag">percentages are of each side's own total</span>}
      </div>
      {tab === 'table' ? (
        <ChangeTable comparison={comparison} asShares={asShares} />
      ) : tab === 'sides' ? (
        <SideBySide tree={tree} unit={asShares ? 'share' : comparison.a.unit} />
      ) : (
        <Diff tree={tree} unit={asShares ? 'share' : comparison.a.unit} />
      )}
    </>
  )
}

function Diff({ tree, unit }: { tree: CallTree; unit: string }) {
  const canvas = useSignal<FlameCanvas | undefined>(undefined)
  const turned = shaped(leftOf(tree))
  return (
    <div class="fill">
      <FlameTools tree={turned} canvas={canvas} isDiff />
      <FlameView
        tree={turned}
        unit={unit}
        looks={{ colourBy: 'change', upwards: param('shape') === 'flame', find: param('find') }}
        label="Comparison as a flame graph"
        canvas={canvas}
        isMain
      />
      <ChangeLegend />
    </div>
  )
}

/** Each side as a picture of its own; both are zoomed to the same function. */
function SideBySide({ tree, unit }: { tree: CallTree; unit: string }) {
  const canvas = useSignal<FlameCanvas | undefined>(undefined)
  const turned = shaped(leftOf(tree))
  const trees = useMemo(() => ({ a: sideTree(turned, 'a'), b: sideTree(turned, 'b') }), [turned])
  return (
    <div class="fill">
      <FlameTools tree={turned} canvas={canvas} isDiff />
      <div class="side-by-side">
        {(['a', 'b'] as const).map((side) => (
          <div key={side} class={`fill side-${side}`}>
            <h3>
              <span class="side-name">{side.toUpperCase()}</span>{' '}
              <span class="cut">
                {sides.value[side].profile === ''
                  ? shown(sides.value[side].q || 'all profiles', 120)
                  : 'one profile'}
              </span>
            </h3>
            <FlameView
              tree={trees[side]}
              unit={unit}
              looks={{ colourBy: 'change', upwards: param('shape') === 'flame', find: param('find') }}
              label={`Side ${side.toUpperCase()} as a flame graph`}
              {...(side === 'b' && { canvas })}
              isMain
            />
          </div>
        ))}
      </div>
      <ChangeLegend />
    </div>
  )
}
