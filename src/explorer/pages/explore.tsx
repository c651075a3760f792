import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { FlameGraph } from '../../pprof/answers'
import { treeOf } from '../api/trees'
import { Coverage } from '../app/coverage'
import { FlameTools } from '../app/flame-tools'
import { FlameView } from '../app/flame-view'
import { Legend } from '../app/legend'
import { shaped } from '../app/shape'
import { Empty, Shown, StartLine } from '../app/states'
import { Tabs } from '../app/tabs'
import { useQuery } from '../app/use-query'
import type { ColourBy } from '../flame/colours'
import type { FlameCanvas } from '../flame/flame-canvas'
import { aggregate } from '../url/chosen'
import { param } from '../url/location'
import { FunctionTable } from './function-table'
import { Sandwich } from './sandwich'
import { TimelineTab } from './timeline'

const tabs = [
  ['flame', 'Flame graph'],
  ['table', 'Table'],
  ['sandwich', 'Sandwich'],
  ['timeline', 'Timeline'],
] as const

/** Where one selection's cost is. */
export function ExplorePage() {
  const answer = useQuery<FlameGraph>('flame-graph', aggregate.value)
  return (
    <section class="page">
      <Shown answer={answer}>{(graph) => <Explored graph={graph} />}</Shown>
    </section>
  )
}

function Explored({ graph }: { graph: FlameGraph }) {
  const tree = useMemo(() => treeOf(graph), [graph])
  const tab = param('tab') || 'flame'
  const { measure, total, cutNodes } = graph
  return (
    <>
      <div class="page-head">
        <Tabs label="Ways to look" tabs={tabs} value={tab} />
        <Coverage measure={measure} total={total} cutNodes={cutNodes} />
      </div>
      {tab === 'timeline' ? (
        <TimelineTab />
      ) : total === 0 ? (
        <NothingHere profiles={measure.profiles} />
      ) : tab === 'table' ? (
        <FunctionTable tree={tree} unit={measure.unit} />
      ) : tab === 'sandwich' ? (
        <Sandwich tree={tree} unit={measure.unit} />
      ) : (
        <Flame tree={tree} unit={measure.unit} />
      )}
    </>
  )
}

function Flame({ tree, unit }: { tree: ReturnType<typeof treeOf>; unit: string }) {
  const canvas = useSignal<FlameCanvas | undefined>(undefined)
  const shape = param('shape') || 'icicle'
  const turned = shaped(tree, shape, param('flat') === '1')
  const colourBy = (param('by') || 'origin') as ColourBy
  return (
    <div class="fill">
      <FlameTools tree={turned} canvas={canvas} />
      <FlameView
        tree={turned}
        unit={unit}
        looks={{ colourBy, upwards: shape === 'flame', find: param('find') }}
        label="Flame graph"
        canvas={canvas}
        isMain
      />
      {colourBy === 'origin' && <Legend />}
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
