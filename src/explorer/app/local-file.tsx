import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Frame } from '../flame/tree'
import { kept } from '../url/chosen'
import { hrefOf, place } from '../url/location'

/** True below the view of a file that a person opened: the intake knows nothing of its functions. */
export const LocalFile = createContext(false)

/** Where a function's name leads to: its own view, or in a file that was opened its callers and callees. */
export function useFrameHref(): (frame: Pick<Frame, 'name' | 'file'>) => string {
  const isLocal = useContext(LocalFile)
  const sandwich = useSandwichHref()
  return (frame) =>
    isLocal ? sandwich(frame) : hrefOf('/functions', kept(), { fn: frame.name, file: frame.file })
}

/** Callers and callees of a function, of the same data. */
export function useSandwichHref(): (frame: Pick<Frame, 'name' | 'file'>) => string {
  const isLocal = useContext(LocalFile)
  return ({ name, file }) => {
    const to = { tab: 'sandwich', fn: name, file, at: undefined, x: undefined }
    return isLocal ? hrefOf(place.value.path, place.value.params, to) : hrefOf('/explore', kept(), to)
  }
}
