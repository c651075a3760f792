import { origins } from '../flame/tree'
import { originTexts } from './frame-name'

export function Legend() {
  return (
    <ul class="legend" aria-label="Colours">
      {origins.map((origin) => (
        <li key={origin}>
          <span class={`dot origin-${origin}`} />
          {originTexts[origin]}
        </li>
      ))}
    </ul>
  )
}

export function ChangeLegend() {
  return (
    <ul class="legend" aria-label="Colours">
      <li>
        <span class="dot change-less" />
        less in B
      </li>
      <li>
        <span class="dot change-same" />
        the same
      </li>
      <li>
        <span class="dot change-more" />
        more in B
      </li>
    </ul>
  )
}
