import { useMemo } from 'preact/hooks'
import type { ProfileInfo, Timeline } from '../../pprof/answers'
import { FlameView } from '../app/flame-view'
import { TimeLegend } from '../app/legend'
import type { TimeScale } from '../app/ruler'
import { Empty, Shown } from '../app/states'
import { Table } from '../app/table'
import { useQuery } from '../app/use-query'
import { formatValue } from '../flame/format'
import { shown } from '../flame/text'
import { timeRows } from '../flame/time-rows'
import { formatMoment, moment, sampleFilter, selection } from '../url/chosen'
import { change, hrefOf, param, place } from '../url/location'
import { wantedValue, withValue } from '../url/selector'
import { formatRange, formatTime } from '../url/time'

/** What is shown at once: more can be read, and then tells less. */
const shownMs = 5 * 60_000
const maxListed = 1_000

/** One process from its profiles in the range. */
interface Process {
  runtimeId: string
  tags: Record<string, string>
  fromMs: number
  toMs: number
  cpu: number
}

/** What each thread of one process ran when. */
export function TimelineTab() {
  const profile = param('profile')
  const answer = useQuery<ProfileInfo[]>('profiles', { ...selection.value, kind: 'wall', limit: maxListed })
  return (
    <Shown answer={answer}>
      {(profiles) => {
        const chosen = profiles.find(({ id }) => id === profile)
        const processes = processesOf(chosen ? [chosen] : profiles)
        const wanted = wantedValue(param('q'), 'runtime-id')
        const one = processes.length === 1 ? processes[0] : processes.find((two) => two.runtimeId === wanted)
        if (one) return <OneProcess process={one} />
        return processes.length === 0 ? <NoProcess /> : <Processes processes={processes} />
      }}
    </Shown>
  )
}

function NoProcess() {
  return (
    <Empty title="No process of this selection can be shown over time">
      <p>
        A timeline is made of CPU and wall-time profiles whose process says its runtime-id. Choose a longer
        range.
      </p>
    </Empty>
  )
}

function processesOf(profiles: readonly ProfileInfo[]): Process[] {
  const found = new Map<string, Process>()
  for (const { tags, startMs, endMs, totals } of profiles) {
    const runtimeId = tags['runtime-id'] ?? ''
    if (runtimeId === '') continue
    const known = found.get(runtimeId) ?? { runtimeId, tags, fromMs: startMs, toMs: endMs, cpu: 0 }
    known.fromMs = Math.min(known.fromMs, startMs)
    known.toMs = Math.max(known.toMs, endMs)
    known.cpu += totals.cpu ?? 0
    found.set(runtimeId, known)
  }
  return [...found.values()]
}

function Processes({ processes }: { processes: Process[] }) {
  const { path, params } = place.value
  const href = ({ runtimeId }: Process) =>
    hrefOf(path, params, { q: withValue(param('q'), 'runtime-id', runtimeId) })
  return (
    <div class="fill">
      <p class="faint">
        A timeline shows one process. {processes.length.toLocaleString('en-US')} ran in this range; choose
        one.
      </p>
      <Table
        label="Processes"
        rows={processes}
        sortBy="last"
        keyOf={({ runtimeId }) => runtimeId}
        columns={[
          {
            name: 'process',
            title: 'Process',
            sort: ({ tags }) => tags.service ?? '',
            cell: (one) => (
              <span class="cut">
                <a href={href(one)}>{shown(one.tags.service || one.runtimeId, 60)}</a>{' '}
                <span class="faint">
                  {shown(
                    ['env', 'version', 'host', 'process_id']
                      .map((key) => one.tags[key])
                      .filter(Boolean)
                      .join(' · '),
                    160,
                  )}
                </span>
              </span>
            ),
          },
          {
            name: 'first',
            title: 'First profile',
            width: '170px',
            sort: ({ fromMs }) => fromMs,
            cell: ({ fromMs }) => formatTime(fromMs),
          },
          {
            name: 'last',
            title: 'Last profile',
            width: '170px',
            sort: ({ toMs }) => toMs,
            cell: ({ toMs }) => formatTime(toMs),
          },
          {
            name: 'cpu',
            title: 'CPU',
            width: '120px',
            align: 'right',
            sort: ({ cpu }) => cpu,
            cell: ({ cpu }) => formatValue(cpu, 'nanoseconds'),
          },
        ]}
      />
    </div>
  )
}

function OneProcess({ process }: { process: Process }) {
  const end = Number(param('end')) || process.toMs
  const toMs = Math.ceil(Math.min(end, process.toMs))
  const fromMs = Math.floor(Math.max(process.fromMs, toMs - shownMs))
  const answer = useQuery<Timeline>('timeline', {
    ...{ runtimeId: process.runtimeId, fromMs, toMs },
    ...sampleFilter.value,
  })
  const goTo = (next: number) =>
    change({ end: next >= process.toMs ? undefined : String(next), x: undefined }, { replace: true })
  return (
    <Shown answer={answer}>
      {(timeline) => (
        <div class="fill">
          <div class="tools">
            <span>
              <b>{shown(process.tags.service ?? '', 60)}</b>{' '}
              <span class="faint">
                {shown([process.tags.host, process.tags.process_id].filter(Boolean).join(' · '), 100)}
              </span>
            </span>
            <span class="faint">{formatRange(fromMs, toMs)}</span>
            {process.toMs - process.fromMs > shownMs && (
              <span class="row">
                <button
                  type="button"
                  disabled={fromMs <= process.fromMs}
                  onClick={() => goTo(Math.max(process.fromMs + shownMs, fromMs))}
                >
                  Earlier
                </button>
                <button type="button" disabled={toMs >= process.toMs} onClick={() => goTo(toMs + shownMs)}>
                  Later
                </button>
              </span>
            )}
            {wantedValue(param('q'), 'runtime-id') !== undefined && (
              <button
                type="button"
                class="link"
                onClick={() =>
                  change({ q: withValue(param('q'), 'runtime-id', undefined), x: undefined, end: undefined })
                }
              >
                Another process
              </button>
            )}
          </div>
          <Lanes timeline={timeline} fromMs={fromMs} toMs={toMs} />
        </div>
      )}
    </Shown>
  )
}

function Lanes({ timeline, fromMs, toMs }: { timeline: Timeline; fromMs: number; toMs: number }) {
  const rows = useMemo(() => timeRows(timeline, fromMs, toMs), [timeline, fromMs, toMs])
  const isFiltered = Object.keys(sampleFilter.value).length > 0
  if (rows.samples === 0 && isFiltered)
    return (
      <Empty title="Nothing of this process passes the filters in this time">
        <p>Remove a filter above, or choose another time or process.</p>
      </Empty>
    )
  if (rows.samples === 0 && timeline.spans.length === 0)
    return (
      <Empty title="The samples of this process have no times">
        <p>
          dd-trace sends them with DD_PROFILING_TIMELINE_ENABLED, and the agent of this profiler always does.
        </p>
      </Empty>
    )
  const length = toMs - fromMs
  const chosen = moment.value
  const time: TimeScale = {
    ...{ fromMs, toMs, spans: rows.spans },
    band: chosen && { from: (chosen.fromMs - fromMs) / length, to: (chosen.toMs - fromMs) / length },
    onSelect: ({ from, to }) =>
      change({ sel: formatMoment({ fromMs: fromMs + from * length, toMs: fromMs + to * length }) }),
  }
  return (
    <>
      <FlameView
        tree={rows.tree}
        unit="nanoseconds"
        looks={{ colourBy: 'origin', upwards: false, find: param('find'), root: 'whole time' }}
        label="Timeline"
        isMain
        time={time}
      />
      <TimeLegend tree={rows.tree} />
      <p class="faint small">
        {rows.samples.toLocaleString('en-US')} samples, {timeline.spans.length.toLocaleString('en-US')}{' '}
        {timeline.spans.length === 1 ? 'span' : 'spans'}
        {timeline.cutSamples > 0 &&
          `; ${timeline.cutSamples.toLocaleString('en-US')} samples more are left out (limits.timelineSamples)`}
        {timeline.cutSpans && '; there are more spans, the shortest are left out'}. Where nothing is drawn, a
        thread waited{isFiltered && ' or ran what the filters leave out'}.
      </p>
    </>
  )
}
