import { signal, useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { FlameTools } from '../app/flame-tools'
import { FlameView } from '../app/flame-view'
import { LegendOf } from '../app/legend'
import { LocalFile } from '../app/local-file'
import { leftOf, shaped } from '../app/shape'
import { Tabs } from '../app/tabs'
import type { ColourBy } from '../flame/colours'
import type { FlameCanvas } from '../flame/flame-canvas'
import { formatValue } from '../flame/format'
import { shown } from '../flame/text'
import { type CallTree, totalsOf } from '../flame/tree'
import { change, param } from '../url/location'
import { askWorker } from '../workers/start'
import type { OpenedFile } from '../workers/tree-maker'
import { FunctionTable } from './function-table'
import { Sandwich } from './sandwich'

const tabs = [
  ['flame', 'Flame graph'],
  ['table', 'Table'],
  ['sandwich', 'Sandwich'],
] as const

/** What was opened last. It is in this page's memory and nowhere else: an address cannot bring it back. */
const opened = signal<{ name: string; file: OpenedFile } | undefined>(undefined)

/** One profile from the person's own disk, read and shown in the page. */
export function OpenFilePage() {
  const [error, setError] = useState('')
  const [reading, setReading] = useState('')
  const [isOver, setIsOver] = useState(false)
  const abort = useRef<AbortController | undefined>(undefined)
  useEffect(() => () => abort.current?.abort(), [])
  const open = (file: File | undefined) => {
    if (!file) return
    abort.current?.abort()
    const own = new AbortController()
    abort.current = own
    setError('')
    setReading(file.name)
    askWorker<OpenedFile>('openFile', file, own.signal)
      .then(
        (read) => {
          opened.value = { name: file.name, file: read }
          change({
            tab: undefined,
            value: undefined,
            fn: undefined,
            file: undefined,
            at: undefined,
            x: undefined,
          })
        },
        (reason: Error) => {
          if (own.signal.aborted) return
          opened.value = undefined
          setError(`${shown(file.name, 120)} cannot be shown: ${shown(reason.message, 300)}`)
        },
      )
      .finally(() => {
        if (!own.signal.aborted) setReading('')
      })
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the pointer's way; the button does the same.
    <section
      class={`page ${isOver ? 'dropping' : ''}`}
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setIsOver(false)
        open(event.dataTransfer?.files[0])
      }}
    >
      {reading !== '' && (
        <div class="progress" role="progressbar" aria-label={`Reading ${shown(reading, 80)}`} />
      )}
      {error !== '' && (
        <div class="notice error" role="alert">
          <h2>This file is no profile that can be read</h2>
          <p>{error}.</p>
        </div>
      )}
      {opened.value ? (
        <LocalFile.Provider value={true}>
          <Opened {...opened.value} onOpen={open} />
        </LocalFile.Provider>
      ) : (
        <div class="notice drop">
          <h2>Open a profile from your disk</h2>
          <p>
            Drop a file here, or choose one: <code>.pprof</code>, also with gzip, <code>.cpuprofile</code> or{' '}
            <code>.heapprofile</code>.
          </p>
          <Choose onOpen={open} text="Choose a file" />
          <p class="faint">It is read in this page. Nothing of it leaves the page.</p>
        </div>
      )}
    </section>
  )
}

function Choose({ onOpen, text }: { onOpen(file: File | undefined): void; text: string }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        class="unseen"
        type="file"
        tabIndex={-1}
        aria-label="Profile to open"
        onChange={(event) => {
          onOpen(event.currentTarget.files?.[0])
          event.currentTarget.value = ''
        }}
      />
      <button type="button" class="primary" onClick={() => input.current?.click()}>
        {text}
      </button>
    </>
  )
}

interface OpenedProps {
  name: string
  file: OpenedFile
  onOpen(file: File | undefined): void
}

function Opened({ name, file, onOpen }: OpenedProps) {
  const wanted = file.values.findIndex((value) => value.name === param('value'))
  const index = wanted >= 0 ? wanted : usualValue(file)
  const tree = useMemo(() => treeOf(file, index), [file, index])
  const unit = file.values[index]?.unit ?? ''
  const tab = param('tab') || 'flame'
  return (
    <>
      <div class="page-head">
        <h1 class="cut">{shown(name, 100)}</h1>
        <Tabs label="Ways to look" tabs={tabs} value={tab} />
        <select
          aria-label="Measure"
          value={String(index)}
          onChange={(event) =>
            change({
              value: file.values[Number(event.currentTarget.value)]?.name,
              at: undefined,
              x: undefined,
            })
          }
        >
          {file.values.map((value, i) => (
            <option key={String(i)} value={String(i)}>
              {shown(value.name, 40)}
            </option>
          ))}
        </select>
        <p class="coverage">
          <b>{formatValue(tree.total[0] ?? 0, unit)}</b> {file.frames.length.toLocaleString('en-US')}{' '}
          functions · from your disk, nothing of it left this page
        </p>
        <Choose onOpen={onOpen} text="Another file" />
      </div>
      {tab === 'table' ? (
        <FunctionTable tree={tree} unit={unit} />
      ) : tab === 'sandwich' ? (
        <Sandwich tree={tree} unit={unit} />
      ) : (
        <Flame tree={tree} unit={unit} />
      )}
    </>
  )
}

function Flame({ tree, unit }: { tree: CallTree; unit: string }) {
  const canvas = useSignal<FlameCanvas | undefined>(undefined)
  const colourBy = (param('by') || 'origin') as ColourBy
  const turned = shaped(leftOf(tree))
  return (
    <div class="fill">
      <FlameTools tree={turned} canvas={canvas} />
      <FlameView
        tree={turned}
        unit={unit}
        whole={tree.total[0] ?? 0}
        looks={{ colourBy, upwards: param('shape') === 'flame', find: param('find') }}
        label="Flame graph"
        canvas={canvas}
        isMain
      />
      <LegendOf by={colourBy} tree={turned} />
    </div>
  )
}

/** CPU time, else what Go's pprof and V8 put last: time before counts, live memory before all that was. */
function usualValue({ values, selves }: OpenedFile): number {
  const hasSome = (i: number) => selves[i]?.some((value) => value > 0) === true
  for (const name of ['cpu', 'time', 'wall', 'inuse_space']) {
    const at = values.findIndex((value) => value.name === name)
    if (at >= 0 && hasSome(at)) return at
  }
  const last = values.findLastIndex((_, i) => hasSome(i))
  return Math.max(0, last)
}

function treeOf({ parent, frame, frames, selves }: OpenedFile, index: number): CallTree {
  const self = selves[index] as Float64Array
  return { parent, frame, frames, self, total: totalsOf(parent, self) }
}
