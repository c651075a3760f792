import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { FunctionLines, SourceText } from '../../pprof/answers'
import { Refusal } from '../api/client'
import { CodeLine, useTokens } from '../app/code-line'
import { Empty, ErrorNote, Shown } from '../app/states'
import { useQuery } from '../app/use-query'
import { formatPercent, formatValue } from '../flame/format'
import { functionSums } from '../flame/function-sums'
import { shortFile, shown } from '../flame/text'
import type { CallTree } from '../flame/tree'
import { aggregate } from '../url/chosen'
import { change, param } from '../url/location'

const rowPixels = 20
const maxFiles = 300

/** Lines of a file with what each costs. */
export function SourceTab({ tree }: { tree: CallTree }) {
  const files = useMemo(() => filesOf(tree), [tree])
  const file = param('file') || files[0]?.file || ''
  const lines = useQuery<FunctionLines>('file-lines', file === '' ? undefined : { ...aggregate.value, file })
  const text = useQuery<SourceText>('source', file === '' ? undefined : { file })
  if (file === '')
    return (
      <Empty title="No function of this selection has a file">
        <p>Choose another selection.</p>
      </Empty>
    )
  return (
    <div class="fill">
      <Shown answer={lines}>
        {(costs) => (
          <Lines
            costs={costs}
            text={text.data?.file === costs.file ? text.data : undefined}
            error={text.error}
            isReady={!text.isLoading}
            file={costs.file}
            choose={
              <select
                aria-label="File"
                class="wide"
                value={file}
                onChange={(event) =>
                  change({ file: event.currentTarget.value, fn: undefined, line: undefined })
                }
              >
                {!files.some((one) => one.file === file) && <option value={file}>{shortFile(file)}</option>}
                {files.slice(0, maxFiles).map((one) => (
                  <option key={one.file} value={one.file}>
                    {shortFile(one.file)}
                  </option>
                ))}
              </select>
            }
          />
        )}
      </Shown>
    </div>
  )
}

/** Files by what their functions weigh themselves, those of the person's own code first. */
function filesOf(tree: CallTree): { file: string; self: number }[] {
  const found = new Map<string, { file: string; self: number; isOwn: boolean }>()
  for (const { frame, self } of functionSums(tree)) {
    if (frame.file === '') continue
    const known = found.get(frame.file) ?? { file: frame.file, self: 0, isOwn: frame.origin === 'own' }
    known.self += self
    found.set(frame.file, known)
  }
  return [...found.values()].sort((a, b) => Number(b.isOwn) - Number(a.isOwn) || b.self - a.self)
}

interface LinesProps {
  costs: FunctionLines
  text: SourceText | undefined
  error: Error | undefined
  isReady: boolean
  file: string
  choose: preact.JSX.Element
}

function Lines({ costs, text, error, isReady, file, choose }: LinesProps) {
  const { unit } = costs.measure
  const ofLine = useMemo(() => new Map(costs.lines.map((line) => [line.line, line])), [costs])
  const texts = useMemo(() => text?.text.split(/\r\n|\r|\n/), [text])
  const tokens = useTokens(texts)
  const rows = useMemo(
    () =>
      texts
        ? texts.map((content, i) => ({ line: i + 1, content }))
        : costs.lines.map(({ line }) => ({ line, content: '' })),
    [texts, costs],
  )
  const hot = useMemo(
    () => [...costs.lines].sort((a, b) => b.self - a.self || b.total - a.total).slice(0, 30),
    [costs],
  )
  const wanted = Number(param('line')) || hot[0]?.line || 1
  const most = Math.max(...costs.lines.map(({ total }) => total), 1)
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
  const row = rows.findIndex(({ line }) => line === wanted)
  // Not with new costs of the same lines: they come while somebody reads.
  useEffect(() => {
    const element = scroller.current as HTMLDivElement
    element.scrollTop = Math.max(0, row * rowPixels - element.clientHeight / 2)
  }, [file, row])
  const step = (by: number) => {
    const at = hot.findIndex(({ line }) => line === wanted)
    const next = hot[(at + by + hot.length) % hot.length]
    if (next) change({ line: String(next.line) }, { replace: true })
  }
  const first = Math.max(0, Math.floor(seen.top / rowPixels) - 10)
  const last = Math.min(rows.length, Math.ceil((seen.top + seen.height) / rowPixels) + 10)
  return (
    <>
      <div class="tools">
        {choose}
        <span class="row">
          <button type="button" onClick={() => step(-1)} disabled={hot.length < 2}>
            Previous by cost
          </button>
          <button type="button" onClick={() => step(1)} disabled={hot.length < 2}>
            Next by cost
          </button>
        </span>
        <span class="faint cut">
          {shown(file, 200)}
          {text?.from === 'source map' && ', as a source map has it'}
        </span>
      </div>
      {isReady && error && <NoText error={error} />}
      {/* biome-ignore lint/a11y/useSemanticElements: rows stand at absolute places, which those of a <table> cannot. */}
      <div
        class="source"
        role="table"
        aria-label={`Lines of ${shortFile(file)}`}
        aria-rowcount={rows.length + 1}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and takes keys.
        tabIndex={0}
        ref={scroller}
        onKeyDown={(event) => {
          if (event.key !== 'n' && event.key !== 'p') return
          step(event.key === 'n' ? 1 : -1)
        }}
      >
        {/* biome-ignore-start lint/a11y/useSemanticElements: as above. */}
        {/* biome-ignore-start lint/a11y/useFocusableInteractive: the table scrolls, its rows do nothing. */}
        <div class="source-line head" role="row">
          <span role="columnheader">Self</span>
          <span role="columnheader">Total</span>
          <span role="columnheader">Line</span>
          <span role="columnheader">Code</span>
        </div>
        <div role="rowgroup" class="tbody" style={{ height: `${rows.length * rowPixels}px` }}>
          {rows.slice(first, last).map(({ line, content }, i) => {
            const cost = ofLine.get(line)
            return (
              <div
                role="row"
                key={line}
                class={`source-line ${line === wanted ? 'at' : ''}`}
                style={{ top: `${(first + i) * rowPixels}px` }}
                aria-rowindex={first + i + 2}
              >
                <span role="cell" title={cost && formatPercent(cost.self / most)}>
                  {cost && cost.self > 0 ? formatValue(cost.self, unit) : ''}
                </span>
                <span role="cell">
                  {cost && (
                    <>
                      <i style={{ width: `${(cost.total / most) * 100}%` }} />
                      <b>{formatValue(cost.total, unit)}</b>
                    </>
                  )}
                </span>
                <span role="cell">{line}</span>
                <code role="cell">
                  <CodeLine text={content} tokens={tokens?.[line - 1]} />
                </code>
              </div>
            )
          })}
        </div>
        {/* biome-ignore-end lint/a11y/useFocusableInteractive: as above. */}
        {/* biome-ignore-end lint/a11y/useSemanticElements: as above. */}
      </div>
      {costs.lines.length === 0 && <p class="faint">No lines of this file are known in this selection.</p>}
    </>
  )
}

/** Costs by line are there in any case. */
function NoText({ error }: { error: Error }) {
  if (!(error instanceof Refusal) || error.code !== 'source_unavailable') return <ErrorNote error={error} />
  return (
    <div class="aside">
      <p>{error.message}</p>
      {error.message.includes('no directory (sourceRoots') && (
        <p class="faint">
          To see code beside its cost, start the intake with the directory of your application:{' '}
          <code>npm run intake -- --source-roots /path/to/app</code>
        </p>
      )}
    </div>
  )
}
