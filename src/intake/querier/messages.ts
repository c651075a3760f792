import * as field from '../receive/messages/schema'

/** Messages of github.com/grafana/pyroscope, api/querier/v1/querier.proto and api/types/v1/types.proto: those fields that are read or written. */

interface LabelPair {
  name: string
  value: string
}

const labelPair = field.schema<LabelPair>({ name: field.string(1), value: field.string(2) })

export interface ProfileType {
  ID: string
  name: string
  sampleType: string
  sampleUnit: string
  periodType: string
  periodUnit: string
}

const profileType = field.schema<ProfileType>({
  ID: field.string(1),
  name: field.string(2),
  sampleType: field.string(4),
  sampleUnit: field.string(5),
  periodType: field.string(6),
  periodUnit: field.string(7),
})

/** Epoch milliseconds; 0 where absent. */
interface Times {
  start: bigint
  end: bigint
}

export const profileTypesRequest = field.schema<Times>({ start: field.int64(1), end: field.int64(2) })

export const profileTypesResponse = field.schema<{ profileTypes: readonly ProfileType[] }>({
  profileTypes: field.list(field.message(1, () => profileType)),
})

export const labelNamesRequest = field.schema<Times & { matchers: readonly string[] }>({
  matchers: field.list(field.string(1)),
  start: field.int64(2),
  end: field.int64(3),
})

export const labelValuesRequest = field.schema<Times & { name: string; matchers: readonly string[] }>({
  name: field.string(1),
  matchers: field.list(field.string(2)),
  start: field.int64(3),
  end: field.int64(4),
})

/** Of LabelNames and of LabelValues. */
export const namesResponse = field.schema<{ names: readonly string[] }>({
  names: field.list(field.string(1)),
})

export const seriesRequest = field.schema<
  Times & { matchers: readonly string[]; labelNames: readonly string[] }
>({
  matchers: field.list(field.string(1)),
  labelNames: field.list(field.string(2)),
  start: field.int64(3),
  end: field.int64(4),
})

const labels = field.schema<{ labels: readonly LabelPair[] }>({
  labels: field.list(field.message(1, () => labelPair)),
})

export const seriesResponse = field.schema<{ labelsSet: readonly { labels: readonly LabelPair[] }[] }>({
  labelsSet: field.list(field.message(2, () => labels)),
})

/** What a query of profiles selects. JSON may name the type as the .proto file does. */
export interface Selected extends Times {
  profile_typeID: string
  profileTypeID: string
  labelSelector: string
}

interface StackTraceSelector {
  callSite: readonly { name: string }[]
}

const location = field.schema<{ name: string }>({ name: field.string(1) })

const stackTraceSelector = field.schema<StackTraceSelector>({
  callSite: field.list(field.message(1, () => location)),
})

export interface MergeRequest extends Selected {
  maxNodes: bigint
  stackTraceSelector: StackTraceSelector | undefined
}

export const mergeRequest = field.schema<MergeRequest>({
  profile_typeID: field.string(1),
  profileTypeID: field.string(1),
  labelSelector: field.string(2),
  start: field.int64(3),
  end: field.int64(4),
  maxNodes: field.int64(5),
  stackTraceSelector: field.message(7, () => stackTraceSelector),
})

export const mergeSpansRequest = field.schema<
  Selected & { spanSelector: readonly string[]; maxNodes: bigint }
>({
  profile_typeID: field.string(1),
  profileTypeID: field.string(1),
  labelSelector: field.string(2),
  spanSelector: field.list(field.string(3)),
  start: field.int64(4),
  end: field.int64(5),
  maxNodes: field.int64(6),
})

interface Level {
  values: readonly bigint[]
}

export interface FlameGraph {
  names: readonly string[]
  levels: readonly Level[]
  total: bigint
  maxSelf: bigint
}

const level = field.schema<Level>({ values: field.list(field.int64(1)) })

const flameGraph = field.schema<FlameGraph>({
  names: field.list(field.string(1)),
  levels: field.list(field.message(2, () => level)),
  total: field.int64(3),
  maxSelf: field.int64(4),
})

/** Of stack traces and of spans. */
export const mergeResponse = field.schema<{ flamegraph: FlameGraph | undefined }>({
  flamegraph: field.message(1, () => flameGraph),
})

export const diffRequest = field.schema<{ left: MergeRequest | undefined; right: MergeRequest | undefined }>({
  left: field.message(1, () => mergeRequest),
  right: field.message(2, () => mergeRequest),
})

export interface FlameGraphDiff extends FlameGraph {
  leftTicks: bigint
  rightTicks: bigint
}

const flameGraphDiff = field.schema<FlameGraphDiff>({
  names: field.list(field.string(1)),
  levels: field.list(field.message(2, () => level)),
  total: field.int64(3),
  maxSelf: field.int64(4),
  leftTicks: field.int64(5),
  rightTicks: field.int64(6),
})

export const diffResponse = field.schema<{ flamegraph: FlameGraphDiff | undefined }>({
  flamegraph: field.message(1, () => flameGraphDiff),
})

export const selectSeriesRequest = field.schema<
  Selected & {
    groupBy: readonly string[]
    /** Seconds. */
    step: number
    /** 1 is the average. */
    aggregation: number
    stackTraceSelector: StackTraceSelector | undefined
    limit: bigint
  }
>({
  profile_typeID: field.string(1),
  profileTypeID: field.string(1),
  labelSelector: field.string(2),
  start: field.int64(3),
  end: field.int64(4),
  groupBy: field.list(field.string(5)),
  step: field.double(6),
  aggregation: field.enumeration(7, [
    'TIME_SERIES_AGGREGATION_TYPE_SUM',
    'TIME_SERIES_AGGREGATION_TYPE_AVERAGE',
  ]),
  stackTraceSelector: field.message(8, () => stackTraceSelector),
  limit: field.int64(9),
})

interface Point {
  value: number
  /** Epoch milliseconds. */
  timestamp: bigint
}

export interface Series {
  labels: readonly LabelPair[]
  points: readonly Point[]
}

const point = field.schema<Point>({ value: field.double(1), timestamp: field.int64(2) })

const series = field.schema<Series>({
  labels: field.list(field.message(1, () => labelPair)),
  points: field.list(field.message(2, () => point)),
})

export const selectSeriesResponse = field.schema<{ series: readonly Series[] }>({
  series: field.list(field.message(1, () => series)),
})
