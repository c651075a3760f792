import type { CallGraph, FunctionLines, Metrics, TopFunctions } from '../../pprof/answers'
import { FrameName } from '../app/frame-name'
import { functionColumn, functionKey } from '../app/function-column'
import { FunctionFilter, isWantedFunction } from '../app/function-filter'
import { Empty, Shown } from '../app/states'
import { Bar, Table } from '../app/table'
import { useQuery } from '../app/use-query'
import { chartSteps, VersionLines } from '../app/version-lines'
import { useVersionMarks } from '../app/version-marks'
import { formatCount, formatPercent, formatValue } from '../flame/format'
import { shortFile, shown } from '../flame/text'
import { aggregate, isFiltered, kept, measured, selection } from '../url/chosen'
import { hrefOf, param } from '../url/location'
import { range, stepMsOf } from '../url/time'
import { Deployments } from './deployments'

const maxListed = 500

/** One function's cost over time and versions, who calls it, what it calls, and its lines. */
export function FunctionsPage() {
  return (
    <section class="page">
      {param('fn') === '' ? <TopList /> : <OneFunction name={param('fn')} file={param('file')} />}
    </section>
  )
}

function TopList() {
  const answer = useQuery<TopFunctions>('top-functions', { ...aggregate.value, limit: maxListed })
  return (
    <Shown answer={answer}>
      {({ functions, total, measure }) =>
        functions.length === 0 ? (
          <Empty title="No functions in this selection">
            <p>Choose a longer range, another selection or another measure.</p>
          </Empty>
        ) : (
          <div class="fill">
            <FunctionFilter>
              {functions.length === maxListed
                ? `${wanted(functions).length} of the ${maxListed} that cost most themselves`
                : formatCount(wanted(functions).length, 'function')}
            </FunctionFilter>
            <Table
              label="Functions"
              rows={wanted(functions)}
              sortBy="self"
              keyOf={functionKey}
              columns={[
                functionColumn,
                ...(['self', 'total'] as const).map((name) => ({
                  name,
                  title: name === 'self' ? 'Self' : 'Total',
                  width: 'minmax(210px, 0.35fr)',
                  align: 'right' as const,
                  sort: (row: TopFunctions['functions'][number]) => row[name],
                  cell: (row: TopFunctions['functions'][number]) => (
                    <Bar part={row[name] / total}>
                      {formatValue(row[name], measure.unit)} <em>{formatPercent(row[name] / total)}</em>
                    </Bar>
                  ),
                })),
              ]}
            />
          </div>
        )
      }
    </Shown>
  )
}

const wanted = (functions: TopFunctions['functions']) =>
  functions.filter(({ frame }) => isWantedFunction(frame))

function OneFunction({ name, file }: { name: string; file: string }) {
  const asked = { ...aggregate.value, name, file: file === '' ? undefined : file }
  const graph = useQuery<CallGraph>('call-graph', { ...asked, limit: 50 })
  const lines = useQuery<FunctionLines>('function-lines', { ...asked, limit: 50 })
  const inFile = file || lines.data?.file || ''
  const source = { tab: 'source', fn: name, file: inFile }
  return (
    <>
      <div class="page-head">
        <h1 class="cut">{shown(name, 160)}</h1>
        <p class="coverage">
          <code>{shortFile(inFile)}</code>
          {graph.data && (
            <>
              {' '}
              <b>{formatValue(graph.data.total, graph.data.measure.unit)}</b> total ·{' '}
              <b>{formatValue(graph.data.self, graph.data.measure.unit)}</b> self
            </>
          )}
        </p>
        <a class="quiet" href={hrefOf('/explore', kept(), { tab: 'sandwich', fn: name, file })}>
          Sandwich
        </a>
        {inFile !== '' && (
          <a class="quiet" href={hrefOf('/explore', kept(), source)}>
            Source
          </a>
        )}
        <a class="quiet" href={hrefOf('/explore', kept(), { function: name })}>
          Only stacks with it
        </a>
        <a class="quiet" href={hrefOf('/endpoints', kept(), { function: name })}>
          Endpoints
        </a>
        <a class="quiet" href={hrefOf('/traces', kept(), { function: name })}>
          Traces
        </a>
      </div>
      {isFiltered.value && (
        <p class="coverage">Over time and by version: of all samples, without the filters above.</p>
      )}
      <OverTime name={name} file={file} />
      <Deployments name={name} file={file} />
      <div class="columns">
        <Shown answer={graph}>
          {({ callers, callees, measure, total }) => (
            <>
              <Neighbours
                title="Called from"
                rows={callers}
                whole={total}
                unit={measure.unit}
                param="callers"
              />
              <Neighbours title="Calls" rows={callees} whole={total} unit={measure.unit} param="callees" />
            </>
          )}
        </Shown>
        <Shown answer={lines}>{(answer) => <Lines answer={answer} name={name} />}</Shown>
      </div>
    </>
  )
}

function OverTime({ name, file }: { name: string; file: string }) {
  const stepMs = stepMsOf(range.value, chartSteps)
  const answer = useQuery<Metrics>('metrics', {
    ...selection.value,
    ...measured.value,
    per: param('per') || 'second',
    groupBy: ['version'],
    'function.name': name,
    'function.file': file === '' ? undefined : file,
    stepMs,
  })
  const marks = useVersionMarks(stepMs)
  return (
    <div class="panel">
      <h3>{overTimeTitle(answer.data?.measure.gauge === true)}, by version</h3>
      <Shown answer={answer}>
        {(metrics) => <VersionLines metrics={metrics} marks={marks} none="It did not run in this range." />}
      </Shown>
    </div>
  )
}

/** A state is no amount: per second it is the average of one process. */
function overTimeTitle(isGauge: boolean): string {
  const per = param('per')
  if (per === 'total') return 'Total'
  if (isGauge) return 'Average of one process'
  return per === '' ? 'Total per second of process time' : `Total per ${per}`
}

interface NeighboursProps {
  title: string
  rows: CallGraph['callers']
  whole: number
  unit: string
  param: string
}

function Neighbours({ title, rows, whole, unit, param }: NeighboursProps) {
  return (
    <div class="panel">
      <h3>{title}</h3>
      {rows.length === 0 ? (
        <p class="faint">Nothing</p>
      ) : (
        <Table
          label={title}
          rows={rows}
          sortBy="total"
          param={param}
          maxRows={8}
          keyOf={functionKey}
          columns={[
            { name: 'name', title: 'Function', cell: ({ frame }) => <FrameName frame={frame} /> },
            {
              name: 'total',
              title: 'Total',
              width: '150px',
              align: 'right',
              sort: ({ total }) => total,
              cell: ({ total }) => <Bar part={total / whole}>{formatValue(total, unit)}</Bar>,
            },
          ]}
        />
      )}
    </div>
  )
}

function Lines({ answer: { file, lines, measure }, name }: { answer: FunctionLines; name: string }) {
  const whole = Math.max(...lines.map(({ total }) => total), 1)
  return (
    <div class="panel">
      <h3>Lines</h3>
      {lines.length === 0 ? (
        <p class="faint">No lines are known of it.</p>
      ) : (
        <Table
          label="Lines"
          rows={lines}
          sortBy="total"
          param="lines"
          maxRows={8}
          keyOf={({ line }) => String(line)}
          columns={[
            {
              name: 'line',
              title: 'Line',
              sort: ({ line }) => -line,
              cell: ({ line }) => (
                <a
                  href={hrefOf('/explore', kept(), { tab: 'source', fn: name, file, line: String(line) })}
                  title="The code around it"
                >
                  <code>{line}</code>
                </a>
              ),
            },
            {
              name: 'self',
              title: 'Self',
              width: '110px',
              align: 'right',
              sort: ({ self }) => self,
              cell: ({ self }) => formatValue(self, measure.unit),
            },
            {
              name: 'total',
              title: 'Total',
              width: '150px',
              align: 'right',
              sort: ({ total }) => total,
              cell: ({ total }) => <Bar part={total / whole}>{formatValue(total, measure.unit)}</Bar>,
            },
          ]}
        />
      )}
    </div>
  )
}
