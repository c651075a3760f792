import { useState } from 'preact/hooks'
import type { ProfileInfo as Profile } from '../../pprof/answers'
import { addressOf, askBytes } from '../api/client'
import { save } from '../app/save'
import { Empty, ErrorNote, Shown, StartLine } from '../app/states'
import { Table } from '../app/table'
import { useQuery } from '../app/use-query'
import { formatValue } from '../flame/format'
import { shown } from '../flame/text'
import { kept, measured, selection } from '../url/chosen'
import { change, hrefOf, param } from '../url/location'
import { chosenSides, clearSide, profileSide, type SideName } from '../url/sides'
import { formatTime } from '../url/time'

const perPage = 200

/** Single profiles as they were received. */
export function ProfilesPage() {
  const offset = Math.max(0, Math.trunc(Number(param('offset'))) || 0)
  const answer = useQuery<Profile[]>('profiles', { ...selection.value, limit: perPage, offset })
  return (
    <section class="page">
      <Shown answer={answer}>
        {(profiles) =>
          profiles.length === 0 && offset === 0 ? (
            <Empty title="No profiles in this range">
              <StartLine />
            </Empty>
          ) : (
            <Profiles profiles={profiles} offset={offset} />
          )
        }
      </Shown>
    </section>
  )
}

function Profiles({ profiles, offset }: { profiles: Profile[]; offset: number }) {
  const [error, setError] = useState<Error>()
  const download = ({ id, name }: Profile) => {
    setError(undefined)
    askBytes(addressOf('profile', { id })).then((bytes) => save(bytes, fileName(id, name)), setError)
  }
  const goTo = (next: number) => change({ offset: next === 0 ? undefined : String(next) })
  return (
    <>
      {error && <ErrorNote error={error} />}
      <div class="tools">
        <span class="faint">
          {offset + 1} to {offset + profiles.length}, the newest first
        </span>
        <button type="button" disabled={offset === 0} onClick={() => goTo(Math.max(0, offset - perPage))}>
          Newer
        </button>
        <button type="button" disabled={profiles.length < perPage} onClick={() => goTo(offset + perPage)}>
          Older
        </button>
        <Compared />
      </div>
      <Table
        label="Profiles"
        rows={profiles}
        sortBy="start"
        keyOf={({ id }) => id}
        columns={[
          {
            name: 'start',
            title: 'Start',
            width: '170px',
            sort: ({ startMs }) => startMs,
            cell: (one) => <a href={openHref(one)}>{formatTime(one.startMs)}</a>,
          },
          {
            name: 'long',
            title: 'Length',
            width: '90px',
            align: 'right',
            sort: ({ startMs, endMs }) => endMs - startMs,
            cell: ({ startMs, endMs }) => formatValue((endMs - startMs) * 1e6, 'nanoseconds'),
          },
          {
            name: 'kind',
            title: 'Kind',
            width: '90px',
            sort: ({ kind }) => kind,
            cell: ({ kind }) => <span class="cut">{shown(kind, 60)}</span>,
          },
          {
            name: 'tags',
            title: 'Process',
            cell: ({ tags }) => (
              <span class="cut">
                {shown(tags.service ?? '', 60)}{' '}
                <span class="faint">
                  {shown(
                    ['env', 'version', 'host', 'process_id']
                      .map((key) => tags[key])
                      .filter(Boolean)
                      .join(' · '),
                    160,
                  )}
                </span>
              </span>
            ),
          },
          {
            name: 'samples',
            title: 'Samples',
            width: '100px',
            align: 'right',
            sort: ({ samples }) => samples,
            cell: ({ samples }) => samples.toLocaleString('en-US'),
          },
          {
            name: 'cost',
            title: 'CPU or live heap',
            width: '140px',
            align: 'right',
            cell: ({ totals }) => cost(totals),
          },
          {
            name: 'compare',
            title: 'Compare',
            width: '84px',
            cell: (one) => <SideChoice profile={one} />,
          },
          {
            name: 'bytes',
            title: 'pprof',
            width: '130px',
            align: 'right',
            sort: ({ bytes }) => bytes,
            cell: (one) =>
              one.bytes === 0 ? (
                <span class="faint">expired</span>
              ) : (
                <button
                  type="button"
                  class="link"
                  onClick={() => download(one)}
                  aria-label={`Download, ${formatValue(one.bytes, 'bytes')}`}
                >
                  {formatValue(one.bytes, 'bytes')} ↓
                </button>
              ),
          },
        ]}
      />
    </>
  )
}

/** Makes a profile one side of a comparison, or takes it away again. Of two kinds there is nothing to compare. */
function SideChoice({ profile }: { profile: Profile }) {
  const other = { a: 'b', b: 'a' } as const
  const chosen = (name: SideName) => param(`${name}.profile`)
  return (
    <span class="segments side-choice">
      {(['a', 'b'] as const).map((name) => {
        const isOn = chosen(name) === profile.id
        const text = name.toUpperCase()
        const isOther = chosen(other[name]) !== '' && measured.value.kind !== profile.kind
        return (
          <button
            type="button"
            key={name}
            aria-pressed={isOn}
            aria-label={`Compare as ${text}`}
            title={isOther ? `Side ${other[name].toUpperCase()} is of another kind` : `Compare as ${text}`}
            disabled={isOther || chosen(other[name]) === profile.id}
            onClick={() =>
              change(
                isOn
                  ? clearSide(name)
                  : { ...profileSide(name, profile.id, rangeAround(profile)), ...measureOf(profile) },
              )
            }
          >
            {text}
          </button>
        )
      })}
    </span>
  )
}

/** The way to the comparison, once both sides are chosen. */
function Compared() {
  const [a, b] = [param('a.profile'), param('b.profile')]
  if (a === '' && b === '') return null
  if (a === '' || b === '')
    return <span class="faint">Choose {a === '' ? 'A' : 'B'} too, to compare the two.</span>
  return (
    <a class="button" href={hrefOf('/compare', kept(), chosenSides())}>
      Compare A with B
    </a>
  )
}

function openHref(profile: Profile): string {
  const { fromMs, toMs } = rangeAround(profile)
  const range = { t: undefined, from: String(fromMs), to: String(toMs) }
  return hrefOf('/explore', kept(), { ...range, ...measureOf(profile), profile: profile.id })
}

/** A profile belongs where it starts; the columns know whole minutes. */
const rangeAround = ({ startMs, endMs }: Profile) => ({ fromMs: startMs - 60_000, toMs: endMs + 60_000 })

function measureOf({ kind, totals }: Profile) {
  const usual: Record<string, string> = { heap: 'inuse_space', wall: 'cpu' }
  return { kind, value: Object.hasOwn(usual, kind) ? usual[kind] : Object.keys(totals)[0] }
}

function cost({ cpu, inuse_space: live }: Record<string, number>) {
  if (cpu !== undefined) return formatValue(cpu, 'nanoseconds')
  return live === undefined ? <span class="faint">–</span> : formatValue(live, 'bytes')
}

/** The client's name of it is a stranger's. */
function fileName(id: string, name: string): string {
  return `${id.slice(0, 8)}-${name.replace(/[^\w.-]+/g, '_').slice(0, 80)}`
}
