import { keyWanted } from '../api/client'
import { shown } from '../flame/text'
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
import { Empty } from './states'

const trace = '/trace/'

const pages: readonly [path: string, page: () => preact.JSX.Element][] = [
  ['/explore', ExplorePage],
  ['/compare', ComparePage],
  ['/endpoints', EndpointsPage],
  ['/traces', TracesPage],
  [trace, TracePage],
  ['/functions', FunctionsPage],
  ['/profiles', ProfilesPage],
  ['/open', OpenFilePage],
  ['/', OverviewPage],
]

function NoPage() {
  return (
    <section class="page">
      <Empty title="No such page">
        <p>
          There is nothing at <code>{shown(place.value.path, 200)}</code>.
        </p>
        <p>
          <a href="/">Go to the overview</a>
        </p>
      </Empty>
    </section>
  )
}

export function App() {
  const { path } = place.value
  const [, Page] = pages.find(([view]) => path === view || (view === trace && path.startsWith(view))) ?? [
    '',
    NoPage,
  ]
  return <Shell>{keyWanted.value ? <KeyForm /> : <Page />}</Shell>
}
