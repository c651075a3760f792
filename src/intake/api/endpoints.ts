import type { QueryName } from '../query/queries'
import type { ParamTypes } from './params'

/** One address of the query API. */
export interface Endpoint {
  method: 'GET' | 'POST'
  path: string
  /** `losses` is answered by the intake itself, all others by its store. */
  query: QueryName | 'losses'
  summary: string
  params: ParamTypes
  /** Those that must be given. */
  required: readonly string[]
  /** The type in pprof/answers.ts; `[]` behind it for a list. Undefined where the answer is a pprof. */
  answers: string | undefined
}

const range: ParamTypes = { fromMs: 'number', toMs: 'number' }

const selection: ParamTypes = { q: 'text', ...range }

const scopes = ['subtree', 'span', 'time', 'whole'] as const

const filter: ParamTypes = {
  'filter.endpoint': 'text',
  'filter.thread': 'text',
  'filter.labels': 'map',
  'filter.function': 'text',
  'filter.spanIds': 'list',
  'filter.spanScope': scopes,
  'filter.traceId': 'text',
  'filter.profileIds': 'list',
  'filter.fromMs': 'number',
  'filter.toMs': 'number',
}

const side: ParamTypes = { ...selection, profileIds: 'list' }

const measure: ParamTypes = { kind: 'text', value: 'text', per: ['total', 'second', 'request'] }

const aggregate: ParamTypes = { ...selection, ...measure, ...filter }

const func: ParamTypes = { ...aggregate, name: 'text', file: 'text', limit: 'number' }

const prefixed = (prefix: string, params: ParamTypes): ParamTypes =>
  Object.fromEntries(Object.entries(params).map(([name, type]) => [`${prefix}.${name}`, type]))

/** All of them. docs/openapi.json is made of this table, held by a test. */
export const endpoints: readonly Endpoint[] = [
  get('services', 'services', 'Services that reported in the range', range, 'ServiceSummary[]'),
  get('tag-keys', 'tagKeys', 'Keys of the tags in the selection', selection, 'string[]'),
  get(
    'tag-values',
    'tagValues',
    'Values of one tag, and how many profiles have each',
    { ...selection, key: 'text', limit: 'number' },
    'TagValue[]',
    ['key'],
  ),
  get(
    'profiles',
    'profiles',
    'Profiles, newest first',
    { ...selection, kind: 'text', limit: 'number', offset: 'number' },
    'ProfileInfo[]',
  ),
  get('profile', 'rawProfile', 'One profile as it was received', { id: 'text' }, undefined, ['id']),
  {
    ...get('pin', 'pin', 'Keeps one profile for long', { id: 'text' }, 'Pinned', ['id']),
    method: 'POST',
  },
  get(
    'flame-graph',
    'flameGraph',
    'A tree of stacks with sums',
    { ...aggregate, groupBy: 'list', maxNodes: 'number' },
    'FlameGraph',
  ),
  get(
    'top-functions',
    'topFunctions',
    'Functions by their own or their whole share',
    { ...aggregate, groupBy: 'list', orderBy: ['self', 'total'], limit: 'number' },
    'TopFunctions',
  ),
  get('call-graph', 'callGraph', 'What calls a function and what it calls', func, 'CallGraph', ['name']),
  get('function-lines', 'functionLines', 'Lines of a function', func, 'FunctionLines', ['name']),
  get(
    'file-lines',
    'fileLines',
    'Lines of all functions of a file',
    { ...aggregate, file: 'text' },
    'FunctionLines',
    ['file'],
  ),
  get('source', 'source', 'The text of a source file below sourceRoots', { file: 'text' }, 'SourceText', [
    'file',
  ]),
  get(
    'hotspots',
    'hotspots',
    'Where the time inside spans went',
    {
      ...range,
      spanId: 'text',
      traceId: 'text',
      'endpoint.q': 'text',
      'endpoint.name': 'text',
      'endpoint.fromFraction': 'number',
      'endpoint.toFraction': 'number',
      scope: scopes,
      limit: 'number',
    },
    'Hotspots',
  ),
  get(
    'spans',
    'spans',
    'Spans of a trace, of an endpoint or of a kind',
    {
      ...selection,
      traceId: 'text',
      endpoint: 'text',
      kinds: 'list',
      orderBy: ['start', 'duration'],
      limit: 'number',
    },
    'SpanInfo[]',
  ),
  get(
    'function-spans',
    'functionSpans',
    'Requests and jobs that ran a function',
    { ...selection, name: 'text', file: 'text', limit: 'number' },
    'FunctionSpans',
    ['name'],
  ),
  get(
    'timeline',
    'timeline',
    'What each thread of a process ran when',
    { ...range, runtimeId: 'text', ...filter },
    'Timeline',
    ['runtimeId', 'fromMs', 'toMs'],
  ),
  get(
    'compare',
    'compare',
    'Two selections side by side',
    {
      ...prefixed('a', side),
      ...prefixed('b', side),
      ...measure,
      ...filter,
      limit: 'number',
      maxNodes: 'number',
    },
    'Comparison',
  ),
  get(
    'metrics',
    'metrics',
    'A value over time, by tag, endpoint or function',
    {
      ...selection,
      ...measure,
      stepMs: 'number',
      groupBy: 'list',
      endpoint: 'text',
      'function.name': 'text',
      'function.file': 'text',
    },
    'Metrics',
    ['stepMs'],
  ),
  get('insights', 'insights', 'What stands out, with the view that proves it', selection, 'Insights'),
  get(
    'losses',
    'losses',
    'What was not kept since the start, as far as it went on in the range',
    range,
    'Losses',
  ),
  get('merge.pb.gz', 'exportProfile', 'An aggregate as a pprof in gzip', aggregate, undefined),
]

function get(
  name: string,
  query: Endpoint['query'],
  summary: string,
  params: ParamTypes,
  answers: string | undefined,
  required: readonly string[] = [],
): Endpoint {
  return { method: 'GET', path: `/api/v1/${name}`, query, summary, params, required, answers }
}
