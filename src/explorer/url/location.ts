import { signal } from '@preact/signals'

/** Where the page is. Everything that a person chose is in it, so that a link shows the same. */
export interface Place {
  path: string
  params: URLSearchParams
}

export const place = signal<Place>(current())

export type Changes = Readonly<Record<string, string | undefined>>

/** The address of a view; changes of undefined or '' leave their parameter out. */
export function hrefOf(path: string, params: URLSearchParams | Changes, changes: Changes = {}): string {
  const next = new URLSearchParams(params instanceof URLSearchParams ? params : undefined)
  const given = params instanceof URLSearchParams ? changes : { ...params, ...changes }
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === '') next.delete(name)
    else next.set(name, value)
  }
  const text = next.toString()
  return text === '' ? path : `${path}?${text}`
}

/** Goes somewhere. With `replace` the way back does not lead here. */
export function go(href: string, { replace = false } = {}): void {
  if (href === location.pathname + location.search) return
  history[replace ? 'replaceState' : 'pushState'](null, '', href)
  place.value = current()
}

/** Changes parameters of where the page is. */
export function change(changes: Changes, options?: { replace?: boolean }): void {
  go(hrefOf(place.value.path, place.value.params, changes), options)
}

export function param(name: string): string {
  return place.value.params.get(name) ?? ''
}

/** Clicks on links to views stay in the page. Called once. */
export function listen(): void {
  addEventListener('popstate', () => {
    place.value = current()
  })
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (link?.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return
    event.preventDefault()
    go(link.pathname + link.search)
  })
}

function current(): Place {
  return { path: location.pathname, params: new URLSearchParams(location.search) }
}
