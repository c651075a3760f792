import { change } from '../url/location'

interface Props {
  label: string
  tabs: readonly (readonly [value: string, text: string])[]
  value: string
}

/** Ways to look at the same thing; the first is the usual one. */
export function Tabs({ label, tabs, value }: Props) {
  return (
    <div class="tabs" role="tablist" aria-label={label}>
      {tabs.map(([tab, text], i) => (
        <button
          type="button"
          role="tab"
          key={tab}
          aria-selected={tab === value}
          onClick={() =>
            change({ tab: i === 0 ? undefined : tab, at: undefined, x: undefined, sort: undefined })
          }
        >
          {text}
        </button>
      ))}
    </div>
  )
}
