import { halvesOf, toNumbers } from '../../pprof/columns'
import { Interner } from '../../pprof/interner'
import type { Profile } from '../../pprof/model'
import { functionStacks } from './function-stacks'
import { recogniseKind } from './kinds'
import { labelColumns, labelId, labelNames, labelText } from './labels'
import type { ColumnProfile } from './profile-store'

/** What the columns know of a profile but for what came around it. */
export type ColumnContents = Pick<
  ColumnProfile,
  | 'kind'
  | 'samples'
  | 'endpoints'
  | 'frames'
  | 'stackStart'
  | 'stackFrames'
  | 'rowEndpoint'
  | 'rowStack'
  | 'rowValues'
  | 'spanIds'
>

type LabelColumns = [endpoint: Int32Array, rootSpan: Int32Array, span: Int32Array, trace: Int32Array]

/** Sums a profile by endpoint and function stack. */
export function columnContents(profile: Profile): ColumnContents {
  const { kind, columns } = recogniseKind(profile.sampleTypes)
  const { samples, sampleTypes } = profile
  const { ofSample, ...stacks } = functionStacks(profile)
  const { endpoint, rootSpan, span, trace } = labelNames
  const [ofEndpoint, ...ofIds] = labelColumns(profile, [endpoint, rootSpan, span, trace]) as LabelColumns
  const { endpoints, ofSample: endpointOf } = endpointsOf(profile, ofEndpoint)
  const rows = new Interner()
  const rowOf = new Uint32Array(samples.count)
  const pair = [0, 0]
  for (let sample = 0; sample < samples.count; sample++) {
    const [endpoint, stack] = [endpointOf[sample] as number, ofSample[sample] as number]
    if (sample > 0 && endpoint === pair[0] && stack === pair[1]) {
      rowOf[sample] = rowOf[sample - 1] as number
      continue
    }
    pair[0] = endpoint
    pair[1] = stack
    rowOf[sample] = rows.intern(pair)
  }
  const rowEndpoint = new Uint32Array(rows.count)
  const rowStack = new Uint32Array(rows.count)
  for (let row = 0; row < rows.count; row++) {
    const [endpoint = 0, stack = 0] = rows.row(row)
    rowEndpoint[row] = endpoint
    rowStack[row] = stack
  }
  const rowValues = kind.values.map(({ name, step }, i) => {
    const column = columns[i] as number
    const sums = new Float64Array(rows.count)
    if (column >= 0) {
      const values = toNumbers(samples.values, column, sampleTypes.length)
      for (let sample = 0; sample < samples.count; sample++) {
        const row = rowOf[sample] as number
        sums[row] = (sums[row] as number) + (values[sample] as number)
      }
    } else if (name === 'samples') {
      // A profile that does not say how many samples a row stands for has one row per sample.
      for (const row of rowOf) sums[row] = (sums[row] as number) + 1
    }
    return inSteps(sums, step)
  })
  return {
    kind: kind.name,
    samples: samples.count,
    endpoints,
    ...stacks,
    rowEndpoint,
    rowStack,
    rowValues,
    spanIds: spanIds(profile, ...ofIds),
  }
}

const largest = 2 ** 52

/** What rounding takes from one row goes to the next, so that the sum of all is right to half a step. */
function inSteps(sums: Float64Array, step: number): Float64Array {
  let carried = 0
  return sums.map((sum) => {
    const exact = Math.max(-largest, Math.min(largest, sum)) / step + carried
    const whole = Math.round(exact)
    carried = exact - whole
    return whole
  })
}

function endpointsOf(profile: Profile, labels: Int32Array): { endpoints: string[]; ofSample: Uint32Array } {
  const known = new Map<string, number>([['', 0]])
  const { labelStr } = profile.samples
  // Of each string once: there are few.
  const ofString = new Map<number, number>()
  const ofSample = new Uint32Array(labels.length)
  labels.forEach((label, sample) => {
    if (label < 0) return
    const str = labelStr[label] as number
    let id = str === 0 ? undefined : ofString.get(str)
    if (id === undefined) {
      const name = labelText(profile, label)
      id = known.get(name) ?? known.size
      known.set(name, id)
      ofString.set(str, id)
    }
    ofSample[sample] = id
  })
  return { endpoints: [...known.keys()], ofSample }
}

/** Local root spans find a profile for every span below them; where a client has none, its spans do. */
function spanIds(profile: Profile, roots: Int32Array, spans: Int32Array, traces: Int32Array): BigUint64Array {
  const { labelStr, labelNum } = profile.samples
  const halves = halvesOf(labelNum)
  const ids = new Interner()
  const pair = [0, 0]
  const add = (label: number) => {
    if (labelStr[label] === 0) {
      pair[0] = halves[2 * label] as number
      pair[1] = halves[2 * label + 1] as number
    } else {
      const id = labelId(profile, label)
      pair[0] = Number(id & 0xffffffffn)
      pair[1] = Number(id >> 32n)
    }
    if (pair[0] !== 0 || pair[1] !== 0) ids.intern(pair)
  }
  for (let sample = 0; sample < roots.length; sample++) {
    const root = roots[sample] as number
    const span = root >= 0 ? root : (spans[sample] as number)
    if (span >= 0) add(span)
    if ((traces[sample] as number) >= 0) add(traces[sample] as number)
  }
  const words = new Uint32Array(ids.count * 2)
  for (let id = 0; id < ids.count; id++) words.set(ids.row(id), 2 * id)
  return new BigUint64Array(words.buffer)
}
