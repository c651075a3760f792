import { effect } from '@preact/signals'
import { render } from 'preact'
import 'uplot/dist/uPlot.min.css'
import { App } from './app/app'
import { applyTheme } from './app/theme'
import './style/base.css'
import './style/parts.css'
import './style/flame.css'
import { listen } from './url/location'
import { startClock } from './url/time'

listen()
startClock()
effect(applyTheme)
render(<App />, document.getElementById('app') as HTMLElement)
