import type * as explorer from '../../src/explorer/api/types'
import type * as intake from '../../src/intake/query/types'
import type { ServiceSummary } from '../../src/intake/store/profile-store'

/** `true` where everything that the page reads is in what the intake answers, with its type. Compared by the compiler alone. */
type Reads<Answer, Read> = Answer extends Read ? true : never

export const compared: [
  Reads<ServiceSummary, explorer.Service>,
  Reads<intake.FlameGraph, explorer.FlameGraph>,
  Reads<intake.TopFunctions, explorer.TopFunctions>,
  Reads<intake.Comparison, explorer.Comparison>,
  Reads<intake.Metrics, explorer.Metrics>,
  Reads<intake.FunctionLines, explorer.FunctionLines>,
  Reads<intake.CallGraph, explorer.CallGraph>,
  Reads<intake.SpanInfo, explorer.Span>,
  Reads<intake.Hotspots, explorer.Hotspots>,
  Reads<intake.ProfileInfo, explorer.Profile>,
] = [true, true, true, true, true, true, true, true, true, true]
