import { useLayoutEffect, useState } from 'preact/hooks'
import type { ServiceSummary as Service } from '../../pprof/answers'
import { formatValue } from '../flame/format'
import { shown } from '../flame/text'
import { filter, isApplied, isMeasured, kinds, labelFilter, measured, moment } from '../url/chosen'
import { change, param, place } from '../url/location'
import { wantedValue, withValue } from '../url/selector'
import { formatClock, type Range, range } from '../url/time'
import { Icon } from './icon'
import { useQuery } from './use-query'

/** Another selection. The sides of a comparison are whole queries, which would keep the one before: they are chosen anew. */
function select(q: string): void {
  if (q === param('q')) return
  const sides = place.value.path === '/compare' ? { 'a.q': undefined, 'b.q': undefined } : {}
  change({ q, at: undefined, x: undefined, ...sides })
}

/** Which profiles, and what of them. */
export function SelectorBar() {
  const q = param('q')
  const { data: services = [] } = useQuery<Service[]>('services', { ...range.value })
  const service = wantedValue(q, 'service')
  const known = services.filter((one) => service === undefined || one.service === service)
  const values = (of: (one: Service) => string[]) =>
    [...new Set(known.flatMap(of))].filter((one) => one !== '').sort()
  const set = (key: string, next: string) => select(withValue(q, key, next === '' ? undefined : next))
  return (
    <search class="selector" aria-label="Selection">
      <TagSelect
        label="Service"
        all="All services"
        value={service}
        options={services.map((one) => one.service)}
        onChoose={(next) => set('service', next)}
      />
      <TagSelect
        label="Environment"
        all="All environments"
        value={wantedValue(q, 'env')}
        options={values((one) => one.envs)}
        onChoose={(next) => set('env', next)}
      />
      <TagSelect
        label="Version"
        all="All versions"
        value={wantedValue(q, 'version')}
        options={values((one) => one.versions)}
        onChoose={(next) => set('version', next)}
      />
      <QueryInput q={q} />
      {isMeasured.value && <MeasureSelects />}
      <FilterChips />
    </search>
  )
}

function MeasureSelects() {
  const { kind, value } = measured.value
  return (
    <>
      <select
        aria-label="Measure"
        value={`${kind} ${value}`}
        onChange={(event) => {
          const [kind, value] = event.currentTarget.value.split(' ')
          change({ kind, value, at: undefined, x: undefined })
        }}
      >
        {[
          ...kinds,
          ...(kinds.some((one) => one.kind === kind && one.value === value)
            ? []
            : [{ kind, value, text: value }]),
        ].map((one) => (
          <option key={`${one.kind} ${one.value}`} value={`${one.kind} ${one.value}`}>
            {one.text}
          </option>
        ))}
      </select>
      <select
        aria-label="Per"
        value={param('per') || 'total'}
        onChange={(event) =>
          change({ per: event.currentTarget.value === 'total' ? undefined : event.currentTarget.value })
        }
      >
        <option value="total">in total</option>
        <option value="second">per second</option>
        <option value="request">per request</option>
      </select>
    </>
  )
}

interface TagSelectProps {
  label: string
  all: string
  value: string | undefined
  options: string[]
  onChoose(value: string): void
}

function TagSelect({ label, all, value, options, onChoose }: TagSelectProps) {
  // What the address wants is shown, also where there is none of it now.
  const shownOptions = value === undefined || options.includes(value) ? options : [value, ...options]
  return (
    <select
      aria-label={label}
      value={value ?? ''}
      class={value === undefined ? 'unset' : ''}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      <option value="">{all}</option>
      {shownOptions.map((one) => (
        <option key={one} value={one}>
          {shown(one, 60)}
        </option>
      ))}
    </select>
  )
}

function QueryInput({ q }: { q: string }) {
  const [text, setText] = useState(q)
  useLayoutEffect(() => setText(q), [q])
  return (
    <form
      class="query"
      onSubmit={(event) => {
        event.preventDefault()
        select(text.trim())
      }}
    >
      <input
        type="text"
        aria-label="Query by tags"
        placeholder="service:shop version:1.2.* -host:test*"
        spellcheck={false}
        autocomplete="off"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onBlur={() => select(text.trim())}
      />
    </form>
  )
}

const filterTexts = {
  endpoint: 'endpoint',
  thread: 'thread',
  function: 'with function',
  traceId: 'trace',
} as const

const momentText = ({ fromMs, toMs }: Range) =>
  `${formatClock(fromMs)} + ${formatValue((toMs - fromMs) * 1e6, 'nanoseconds')}`

/** Everything that leaves samples out is said, with a way to be rid of it. */
function FilterChips() {
  const profile = param('profile')
  const chips = [
    ...Object.entries(filter.value).map(([name, value]) => ({
      name,
      text: `${filterTexts[name as keyof typeof filterTexts]}: ${value === '' ? 'none' : value}`,
    })),
    ...labelFilter.value.map(([name, value]) => ({ name, text: `${name.slice(7)}: ${value || 'none'}` })),
    ...(moment.value ? [{ name: 'sel', text: momentText(moment.value) }] : []),
    ...(profile === '' ? [] : [{ name: 'profile', text: 'one profile' }]),
  ]
  return (
    <>
      {chips.map(({ name, text }) => (
        <button
          type="button"
          class={isApplied(name) ? 'chip' : 'chip faint'}
          key={name}
          onClick={() => change({ [name]: undefined, at: undefined, x: undefined })}
          title={isApplied(name) ? 'Show all again' : 'This view is of all samples; others hold the filter'}
        >
          {shown(text, 60)}
          {!isApplied(name) && ' (not here)'}
          <Icon name="close" />
        </button>
      ))}
    </>
  )
}
