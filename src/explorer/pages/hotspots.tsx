import { useMemo } from 'preact/hooks'
import type { FlameGraph, Hotspots as HotspotsAnswer, SpanInfo as Span } from '../../pprof/answers'
import { treeOf } from '../api/trees'
import { Segments } from '../app/flame-tools'
import { FlameView } from '../app/flame-view'
import { FrameName, originTexts } from '../app/frame-name'
import { functionColumn, functionKey } from '../app/function-column'
import { Icon } from '../app/icon'
import { Legend } from '../app/legend'
import { Empty, Shown } from '../app/states'
import { Bar, Table } from '../app/table'
import { useQuery } from '../app/use-query'
import { formatPercent, formatValue } from '../flame/format'
import { search } from '../flame/search'
import { shortFile, shown } from '../flame/text'
import { origins } from '../flame/tree'
import { change, hrefOf, param } from '../url/location'
import { writeTerms } from '../url/selector'

interface Props {
  span: Span
  range: { fromMs: number; toMs: number }
}

/** Where a span's time went: which code, and what of it was not on the CPU. */
export function Hotspots({ span, range }: Props) {
  const scope = param('scope') || 'subtree'
  const answer = useQuery<HotspotsAnswer>('hotspots', { ...range, spanId: span.spanId, scope, limit: 200 })
  return (
    <div class="fill">
      <div class="tools">
        <h2>Code hotspots</h2>
        <Segments
          name="scope"
          label="Scope"
          usual="subtree"
          options={[
            ['subtree', 'Span and children'],
            ['span', 'Span alone'],
            ['time', "Span's time"],
            ['whole', 'Whole profile'],
          ]}
        />
        <Segments
          name="view"
          label="As"
          usual="flame"
          options={[
            ['flame', 'Flame graph'],
            ['table', 'Functions'],
            ['lines', 'Lines'],
          ]}
        />
        {span.kind === 'server' && (
          <a
            class="quiet"
            href={hrefOf(
              '/explore',
              { from: String(range.fromMs), to: String(range.toMs) },
              { endpoint: span.resource },
            )}
          >
            All requests of this endpoint
          </a>
        )}
      </div>
      <Shown answer={answer}>
        {(hotspots) => (
          <>
            <Breakdown hotspots={hotspots} isWhole={scope === 'whole'} />
            {scopeTexts[scope] && <p class="coverage">{scopeTexts[scope]}</p>}
            {hotspots.samples === 0 ? (
              <NoSamples hotspots={hotspots} span={span} />
            ) : (
              <View hotspots={hotspots} span={span} range={range} scope={scope} />
            )}
          </>
        )}
      </Shown>
    </div>
  )
}

/** What the wider scopes have in them beside the span. */
const scopeTexts: Readonly<Record<string, string>> = {
  time: 'All that the process of this span ran while it lasted, of other requests and other threads too.',
  whole: 'All of the profiles that this span lies in, whatever ran in them.',
}

function View({ hotspots, scope, ...props }: Props & { hotspots: HotspotsAnswer; scope: string }) {
  const view = param('view')
  if (view === 'table') return <Functions hotspots={hotspots} />
  if (view === 'lines') return <Lines hotspots={hotspots} {...props} />
  return <SpanFlame {...props} scope={scope} />
}

/** The whole width is the span's duration; of whole profiles it is their CPU time. */
function Breakdown({ hotspots, isWhole }: { hotspots: HotspotsAnswer; isWhole: boolean }) {
  const whole = isWhole ? hotspots.cpuNanos : Math.max(hotspots.durationNanos, hotspots.cpuNanos)
  const parts = [
    ...origins.map((origin) => ({
      name: `origin-${origin}`,
      text: `${originTexts[origin]}, on CPU`,
      nanos: hotspots.origins[origin].cpuNanos,
    })),
    { name: 'off-cpu', text: 'Not on CPU', nanos: isWhole ? 0 : hotspots.notOnCpuNanos },
  ].filter(({ nanos }) => nanos > 0)
  return (
    <div class="breakdown">
      <div class="stack" aria-hidden="true">
        {parts.map(({ name, nanos }) => (
          <span key={name} class={name} style={{ width: `${(nanos / whole) * 100}%` }} />
        ))}
      </div>
      <ul class="legend">
        {parts.map(({ name, text, nanos }) => (
          <li key={name}>
            <span class={`dot ${name}`} />
            {text} <b>{formatValue(nanos, 'nanoseconds')}</b> <em>{formatPercent(nanos / whole)}</em>
          </li>
        ))}
        <li class="faint">
          {hotspots.samples.toLocaleString('en-US')} samples of {hotspots.profiles}{' '}
          {hotspots.profiles === 1 ? 'profile' : 'profiles'}
          {hotspots.missingProfiles > 0 && `, ${hotspots.missingProfiles} expired`}
        </li>
      </ul>
    </div>
  )
}

function SpanFlame({ span, range, scope }: Props & { scope: string }) {
  const answer = useQuery<FlameGraph>('flame-graph', {
    ...range,
    q: '',
    value: 'wall',
    'filter.spanIds': [span.spanId],
    'filter.spanScope': scope,
  })
  return <Shown answer={answer}>{(graph) => <Tree graph={graph} />}</Shown>
}

function Tree({ graph }: { graph: FlameGraph }) {
  const tree = useMemo(() => treeOf(graph), [graph])
  const find = param('find')
  const found = search(tree, find)
  const whole = tree.total[0] || 1
  return (
    <>
      {found && (
        <p class="coverage">
          <button
            type="button"
            class="chip"
            title="Show all alike again"
            onClick={() => change({ find: undefined }, { replace: true })}
          >
            highlighted: {shown(find, 60)}
            <Icon name="close" />
          </button>{' '}
          {formatPercent(found.self / whole)} self, {formatPercent(found.total / whole)} total
        </p>
      )}
      <FlameView
        tree={tree}
        unit={graph.measure.unit}
        looks={{ colourBy: 'origin', upwards: false, find }}
        label="Wall time of the span"
        isMain
      />
      <Legend />
    </>
  )
}

function Functions({ hotspots }: { hotspots: HotspotsAnswer }) {
  const whole = Math.max(1, hotspots.wallNanos)
  return (
    <Table
      label="Functions of the span"
      rows={hotspots.functions}
      sortBy="wall"
      keyOf={functionKey}
      columns={[
        functionColumn,
        {
          name: 'wall',
          title: 'Self wall',
          width: 'minmax(190px, 0.5fr)',
          align: 'right',
          sort: (row) => row.selfWallNanos,
          cell: (row) => (
            <Bar part={row.selfWallNanos / whole}>{formatValue(row.selfWallNanos, 'nanoseconds')}</Bar>
          ),
        },
        {
          name: 'cpu',
          title: 'Self CPU',
          width: '130px',
          align: 'right',
          sort: (row) => row.selfCpuNanos,
          cell: (row) => formatValue(row.selfCpuNanos, 'nanoseconds'),
        },
        {
          name: 'total',
          title: 'Total wall',
          width: '130px',
          align: 'right',
          sort: (row) => row.totalWallNanos,
          cell: (row) => formatValue(row.totalWallNanos, 'nanoseconds'),
        },
      ]}
    />
  )
}

/** The profiles around a span, also where they are long. */
const aroundMs = 5 * 60_000

function Lines({ hotspots, span }: Props & { hotspots: HotspotsAnswer }) {
  const from = String(Math.floor(span.startMs - aroundMs))
  const to = String(Math.ceil(span.startMs + span.durationMs + aroundMs))
  const whole = Math.max(1, hotspots.wallNanos)
  if (hotspots.lines.length === 0)
    return (
      <Empty title="No lines are known">
        <p>The client of this process sends functions without the line that runs.</p>
      </Empty>
    )
  return (
    <Table
      label="Lines of the span"
      rows={hotspots.lines}
      sortBy="wall"
      keyOf={(row) => `${row.line} ${functionKey(row)}`}
      columns={[
        {
          name: 'line',
          title: 'Line',
          width: '45%',
          sort: ({ frame, line }) => `${frame.file}:${String(line).padStart(8)}`,
          cell: ({ frame: { name, file }, line }) =>
            file === '' ? (
              <code>native</code>
            ) : (
              <a
                title={shown(`${file}:${line}`, 600)}
                href={hrefOf(
                  '/explore',
                  { from, to },
                  {
                    q: writeTerms([{ key: 'service', pattern: span.service, negated: false }]),
                    ...{ tab: 'source', fn: name, file, line: String(line) },
                  },
                )}
              >
                <code>{`${shortFile(file)}:${line}`}</code>
              </a>
            ),
        },
        { ...functionColumn, cell: ({ frame }) => <FrameName frame={frame} withFile={false} /> },
        {
          name: 'wall',
          title: 'Wall',
          width: 'minmax(190px, 0.5fr)',
          align: 'right',
          sort: (row) => row.selfWallNanos,
          cell: (row) => (
            <Bar part={row.selfWallNanos / whole}>
              {formatValue(row.selfWallNanos, 'nanoseconds')}{' '}
              <em>{formatPercent(row.selfWallNanos / whole)}</em>
            </Bar>
          ),
        },
        {
          name: 'cpu',
          title: 'CPU',
          width: '110px',
          align: 'right',
          sort: (row) => row.selfCpuNanos,
          cell: (row) => formatValue(row.selfCpuNanos, 'nanoseconds'),
        },
      ]}
    />
  )
}

function NoSamples({ hotspots, span }: { hotspots: HotspotsAnswer; span: Span }) {
  return (
    <Empty title="No sample fell into this span">
      <p>
        {hotspots.profiles === 0
          ? 'No profile with samples of this trace is stored: its process was not profiled then, or the profile has not arrived yet.'
          : `It took ${formatValue(span.durationMs * 1e6, 'nanoseconds')}; a process is sampled about every 10 ms. Its endpoint over all requests tells more.`}
      </p>
    </Empty>
  )
}
