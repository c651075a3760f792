import { keyWanted } from '../api/client'
import { ComparePage } from '../pages/compare'
import { EndpointsPage } from '../pages/endpoints'
import { ExplorePage } from '../pages/explore'
import { FunctionsPage } from '../pages/functions'
import { OpenFilePage } from '../pages/open-file'
import { OverviewPage } from '../pages/overview'
import { ProfilesPage } from '../pages/profiles'
import { TracePage } from '../pages/trace'
import { TracesPage } from '../pages/traces'
import { place } from '../url/location'
import { KeyForm } from './key-form'
import { Shell } from './shell'

const pages: readonly [path: string, page: () => preact.JSX.Element][] = [
  ['/explore', ExplorePage],
  ['/compare', ComparePage],
  ['/endpoints', EndpointsPage],
  ['/traces', TracesPage],
  ['/trace/', TracePage],
  ['/functions', FunctionsPage],
  ['/profiles', ProfilesPage],
  ['/open', OpenFilePage],
  ['/', OverviewPage],
]

export function App() {
  const { path } = place.value
  const [, Page] = pages.find(([start]) => path.startsWith(start)) as (typeof pages)[number]
  return <Shell>{keyWanted.value ? <KeyForm /> : <Page />}</Shell>
}
