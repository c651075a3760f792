import { testUnderGuard } from './signal-guard'

testUnderGuard([undefined], {
  cells: [
    ['main', 'exit'],
    ['worker', 'terminate'],
  ],
  cycles: 50,
})
