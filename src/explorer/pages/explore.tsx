import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { FlameGraph } from '../../pprof/answers'
import { splitTree, treeOf } from '../api/trees'
import { Breakdown, BreakdownChoice } from '../app/breakdown'
import { Coverage } from '../app/coverage'
import { FlameTools, Toggle } from '../app/flame-tools'
import { FlameView } from '../app/flame-view'
import { LegendOf } from '../app/legend'
import { OverTime } from '../app/over-time'
import { leftOf, shaped } from '../app/shape'
import { Empty, Shown, StartLine } from '../app/states'
import { Tabs } from '../app/tabs'
import { useQuery } from '../app/use-query'
import type { ColourBy } from '../flame/colours'
import type { FlameCanvas } from '../flame/flame-canvas'
import type { CallTree } from '../flame/tree'
import { aggregate } from '../url/chosen'
import { param } from '../url/location'
import { CallGraphTab } from './call-graph'
import { FunctionTable } from './function-table'
import { Sandwich } from './sandwich'
import { SourceTab } from './source'
import { TimelineTab } from './timeline'

const tabs = [
  ['flame', 'Flame graph'],
  ['table', 'Table'],
  ['sandwich', 'Sandwich'],
  ['timeline', 'Timeline'],
  ['graph', 'Call graph'],
  ['source', 'Source'],
] as const

/** Where one selection's cost is. */
export function ExplorePage() {
  const isSplit = param('by') === 'thread' && (param('tab') || 'flame') === 'flame'
  const groupBy = isSplit ? { groupBy: ['thread'] } : {}
  const answer = useQuery<FlameGraph>('flame-graph', { ...aggregate.value, ...groupBy })
  return (
    <section class="page">
      <Shown answer={answer}>{(graph) => <Explored graph={graph} />}</Shown>
    </section>
  )
}

function Explored({ graph }: { graph: FlameGraph }) {
  const whole = useMemo(() => (graph.groups.length > 0 ? splitTree(graph) : treeOf(graph)), [graph])
  const tree = leftOf(whole)
  const tab = param('tab') || 'flame'
  const { measure, total, cutNodes } = graph
  const { unit } = measure
  const hasNothing = total === 0 && tab !== 'timeline'
  return (
    <>
      <div class="page-head">
        <Tabs label="Ways to look" tabs={tabs} value={tab} />
        <Coverage measure={measure} total={total} cutNodes={cutNodes} />
        <div class="page-head-end">
          <Toggle name="over" text="Over time" />
          <BreakdownChoice />
        </div>
      </div>
      <OverTime />
      <div class="with-breakdown">
        <Breakdown tree={whole} measure={measure} />
        {hasNothing ? (
          <NothingHere profiles={measure.profiles} />
        ) : tab === 'table' ? (
          <FunctionTable tree={tree} unit={unit} whole={total} />
        ) : tab === 'sandwich' ? (
          <Sandwich tree={tree} unit={unit} whole={total} />
        ) : tab === 'timeline' ? (
          <TimelineTab />
        ) : tab === 'graph' ? (
          <CallGraphTab tree={tree} unit={unit} whole={total} />
        ) : tab === 'source' ? (
          <SourceTab tree={tree} />
        ) : (
          <Flame tree={tree} unit={unit} whole={total} />
        )}
      </div>
    </>
  )
}

function Flame({ tree, unit, whole }: { tree: CallTree; unit: string; whole: number }) {
  const canvas = useSignal<FlameCanvas | undefined>(undefined)
  const turned = shaped(tree)
  const colourBy = (param('by') || 'origin') as ColourBy
  return (
    <div class="fill">
      <FlameTools tree={turned} canvas={canvas} hasThreads />
      <FlameView
        tree={turned}
        unit={unit}
        whole={whole}
        looks={{ colourBy, upwards: param('shape') === 'flame', find: param('find') }}
        label="Flame graph"
        canvas={canvas}
        isMain
      />
      <LegendOf by={colourBy} tree={turned} />
    </div>
  )
}

function NothingHere({ profiles }: { profiles: number }) {
  return profiles > 0 ? (
    <Empty title="The profiles of this selection hold nothing of this measure">
      <p>
        {profiles.toLocaleString('en-US')} profiles were looked into. Choose another measure, or remove a
        filter.
      </p>
    </Empty>
  ) : (
    <Empty title="No profiles in this range">
      <p>Choose a longer range or another selection above, or start an application.</p>
      <StartLine />
    </Empty>
  )
}
