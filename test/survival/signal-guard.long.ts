import { otherLines } from './child'
import { cells } from './matrix'
import { testUnderGuard } from './signal-guard'

testUnderGuard([undefined, ...otherLines], {
  cells: cells
    .filter(({ place, end }) => place !== 'main' || end !== 'oom')
    .map(({ place, end }) => [place, end]),
  cycles: 200,
})
