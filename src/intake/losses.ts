import type { Loss, Losses as LossesAnswer } from '../pprof/answers'
import { type CodedError, type ErrorCode, errors } from '../pprof/errors'
import type { CounterName } from './counter-names'

type Reason = Pick<Loss, 'unit' | 'reason'>

/** Of counters that count a loss by themselves. What the intake never keeps, such as telemetry, is none. */
const reasons: Partial<Record<CounterName, Reason>> = {
  'dropped.connections': {
    unit: 'connections',
    reason: 'were closed: more were open than limits.connections.',
  },
  'dropped.aborted_requests': {
    unit: 'uploads',
    reason: 'ended before they were whole: the sender hung up.',
  },
  'dropped.span_attributes': {
    unit: 'attributes of spans',
    reason: 'were left out: a span had more than limits.spanAttributes, or too long a key.',
  },
  'dropped.undecodable_profiles': {
    unit: 'profiles',
    reason: 'could not be read after they were stored; dead-letter/ in the directory of the store has them.',
  },
  'dropped.undecodable_records': {
    unit: 'uploads',
    reason: 'could not be read after they were stored; they stay in the log.',
  },
  'dropped.crashing_records': {
    unit: 'uploads',
    reason: 'were left out of the columns: reading them ended the store; they stay in the log.',
  },
  'dropped.torn_bytes': {
    unit: 'bytes of the log',
    reason: 'were being written when the intake was killed; nothing of them was acknowledged.',
  },
  'dropped.corrupt_bytes': { unit: 'bytes of the log', reason: 'were damaged on the disk.' },
  'dropped.foreign_segments': {
    unit: 'segments of the log',
    reason: 'are not of this version, or not of the log.',
  },
  'dropped.missing_segments': { unit: 'segments of the log', reason: 'were removed by somebody else.' },
  'ingest.other_series': {
    unit: 'profiles',
    reason: 'were summed up as (other): their service had more series in a day than limits.seriesPerService.',
  },
}

/** What was not kept since the start, by counter: how many, the reason of the last, when. */
export class Losses {
  readonly #sinceMs = Date.now()
  readonly #losses = new Map<string, Loss>()

  counted(name: CounterName, amount: number): void {
    const reason = reasons[name]
    if (reason && amount > 0) this.#add(name, amount, reason)
  }

  /** An upload of which nothing was taken. */
  refused({ code, message }: CodedError): void {
    this.#add(`refused.${code}`, 1, { unit: 'uploads', reason: message })
  }

  /** Profiles or spans of an upload of which the rest was taken. */
  rejected(code: ErrorCode, message: string, items: number): void {
    this.#add(`rejected.${code}`, items, { unit: 'profiles or spans', reason: message })
  }

  /** Those that went on in a range, the latest first. */
  during({ fromMs, toMs }: { fromMs: number; toMs: number }): LossesAnswer {
    const losses = [...this.#losses.values()]
      .filter(({ firstMs, lastMs }) => lastMs >= fromMs && firstMs <= toMs)
      .sort((a, b) => b.lastMs - a.lastMs)
    return { sinceMs: this.#sinceMs, losses }
  }

  #add(name: CounterName, count: number, { unit, reason }: Reason): void {
    const nowMs = Date.now()
    const known = this.#losses.get(name)
    this.#losses.set(name, {
      name,
      count: (known?.count ?? 0) + count,
      unit,
      reason,
      knob: /limits\.\w+|ACME_\w+/.exec(reason)?.[0] ?? '',
      isRetried: isRetried(name),
      firstMs: known?.firstMs ?? nowMs,
      lastMs: nowMs,
    })
  }
}

function isRetried(name: string): boolean {
  const [how, code] = name.split('.')
  return how === 'refused' && [429, 503].includes(errors[code as ErrorCode].status)
}
