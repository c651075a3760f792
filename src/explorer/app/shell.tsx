import type { ComponentChildren } from 'preact'
import { kept, keptWithoutFilters } from '../url/chosen'
import { hrefOf, place } from '../url/location'
import { Icon } from './icon'
import { SelectorBar } from './selector-bar'
import { isDark, toggleTheme } from './theme'
import { TimePicker } from './time-picker'

const tabs = [
  ['/', 'Overview'],
  ['/explore', 'Explore'],
  ['/compare', 'Compare'],
  ['/endpoints', 'Endpoints'],
  ['/traces', 'Traces'],
  ['/functions', 'Functions'],
  ['/profiles', 'Profiles'],
  ['/open', 'Open file'],
] as const

/** What stands around every view. */
export function Shell({ children }: { children: ComponentChildren }) {
  const { path } = place.value
  // A trace is where it is, whatever else is selected; a file of the person's own is no part of what the intake has.
  const isSelected = path !== '/open' && tabs.some(([tab]) => tab === path)
  const isAt = (tab: string) =>
    tab === '/' ? path === '/' : path.startsWith(tab) || (tab === '/traces' && path.startsWith('/trace/'))
  return (
    <>
      <header class="top">
        <a class="brand" href={hrefOf('/', keptWithoutFilters())} aria-label="Profiler, overview">
          <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
            <rect class="brand-1" x="1" y="14" width="20" height="5" rx="1.5" />
            <rect class="brand-2" x="1" y="8" width="13" height="5" rx="1.5" />
            <rect class="brand-3" x="4" y="2" width="6" height="5" rx="1.5" />
          </svg>
          Profiler
        </a>
        <nav aria-label="Views">
          {tabs.map(([tab, text]) => (
            <a
              key={tab}
              href={hrefOf(tab, tab === '/' ? keptWithoutFilters() : kept())}
              aria-current={isAt(tab) ? 'page' : undefined}
            >
              {text}
            </a>
          ))}
        </nav>
        {isSelected && <TimePicker />}
        <button
          type="button"
          class="icon"
          onClick={toggleTheme}
          aria-label={isDark.value ? 'Light colours' : 'Dark colours'}
          title={isDark.value ? 'Light colours' : 'Dark colours'}
        >
          <Icon name={isDark.value ? 'sun' : 'moon'} />
        </button>
      </header>
      {path !== '/' && isSelected && <SelectorBar />}
      <main>{children}</main>
    </>
  )
}
