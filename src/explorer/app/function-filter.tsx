import type { ComponentChildren } from 'preact'
import type { Frame } from '../flame/tree'
import { change, param } from '../url/location'
import { Toggle } from './flame-tools'

/** Which functions a table shows; `children` says how many these are. */
export function FunctionFilter({ children }: { children: ComponentChildren }) {
  return (
    <div class="tools">
      <input
        type="search"
        aria-label="Find functions or files"
        placeholder="Find functions or files"
        value={param('find')}
        onInput={(event) => change({ find: event.currentTarget.value }, { replace: true })}
      />
      <Toggle name="own" text="Only my code" />
      <span class="faint">{children}</span>
    </div>
  )
}

/** Whether the address asks for it. */
export function isWantedFunction({ name, file, origin }: Frame): boolean {
  const find = param('find').trim().toLowerCase()
  const isFound = find === '' || name.toLowerCase().includes(find) || file.toLowerCase().includes(find)
  return isFound && (param('own') !== '1' || origin === 'own')
}
