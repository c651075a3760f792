import { useState } from 'preact/hooks'
import type { FlameGraph } from '../../pprof/answers'
import { addressOf, ask, askBytes, Refusal } from '../api/client'
import { formatValue } from '../flame/format'
import { aggregate, selection } from '../url/chosen'
import { save } from './save'

const formats = [
  ['pprof', 'pprof', 'profile.pb.gz'],
  ['collapsed', 'Collapsed stacks', 'stacks.txt'],
  ['speedscope', 'speedscope', 'profile.speedscope.json'],
  ['dot', 'Graphviz (DOT)', 'profile.dot'],
  ['markdown', 'Markdown', 'functions.md'],
] as const

type Format = (typeof formats)[number][0]

/** Saves what is selected, as the intake has it and not as the picture turns it, in a format that other tools read. */
export function ExportMenu() {
  const [failed, setFailed] = useState('')
  const saveAs = async ([format, text, name]: (typeof formats)[number]) => {
    setFailed('')
    try {
      save(await contentsOf(format), name)
    } catch (error) {
      setFailed(
        `${text} is not saved. ${error instanceof Refusal ? error.message : 'The intake does not answer.'}`,
      )
    }
  }
  return (
    <>
      <select
        aria-label="Export"
        value=""
        onChange={(event) => {
          const format = formats.find(([name]) => name === event.currentTarget.value)
          event.currentTarget.value = ''
          if (format) void saveAs(format)
        }}
      >
        <option value="">Export</option>
        {formats.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
      {failed !== '' && <span role="alert">{failed}</span>}
    </>
  )
}

async function contentsOf(format: Format): Promise<Blob> {
  if (format === 'pprof') return askBytes(addressOf('merge.pb.gz', aggregate.value))
  const address = addressOf('flame-graph', { ...aggregate.value, maxNodes: 131_072 })
  const { nodes, frames, measure } = await ask<FlameGraph>(address, new AbortController().signal)
  const texts = await import('../../pprof/formats/all')
  const tree = { ...nodes, frames }
  const title = String(selection.value.q) || 'all profiles'
  const show = (value: number) => formatValue(value, measure.unit)
  const text = {
    collapsed: () => texts.toCollapsed(tree),
    speedscope: () => texts.toSpeedscope(tree, title, measure.unit),
    dot: () => texts.toDot(tree, show),
    markdown: () => texts.toMarkdown(tree, title, show),
  }[format]()
  return new Blob([text], { type: 'text/plain' })
}
