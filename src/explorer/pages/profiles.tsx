import { useState } from 'preact/hooks'
import type { ProfileInfo as Profile } from '../../pprof/answers'
import { addressOf, askBytes } from '../api/client'
import { save } from '../app/save'
import { Empty, ErrorNote, Shown, StartLine } from '../app/states'
import { Table } from '../app/table'
import { useQuery } from '../app/use-query'
import { formatValue } from '../flame/format'
import { shown } from '../flame/text'
import { kept, selection } from '../url/chosen'
import { change, hrefOf, param } from '../url/location'
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

function openHref({ id, kind, startMs, endMs }: Profile): string {
  const value = kind === 'heap' ? 'inuse_space' : kind === 'wall' ? 'cpu' : undefined
  // A profile belongs where it starts; the columns know whole minutes.
  const range = { t: undefined, from: String(startMs - 60_000), to: String(endMs + 60_000) }
  return hrefOf('/explore', kept(), { ...range, kind, value, profile: id })
}

function cost({ cpu, inuse_space: live }: Record<string, number>) {
  if (cpu !== undefined) return formatValue(cpu, 'nanoseconds')
  return live === undefined ? <span class="faint">–</span> : formatValue(live, 'bytes')
}

/** The client's name of it is a stranger's. */
function fileName(id: string, name: string): string {
  return `${id.slice(0, 8)}-${name.replace(/[^\w.-]+/g, '_').slice(0, 80)}`
}
