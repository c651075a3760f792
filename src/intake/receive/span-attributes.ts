import { CodedError } from '../../pprof/errors'
import type { LimitValues } from '../../pprof/limits'
import type { Span } from '../model'
import { cutText } from './cut-text'

type Value = string | number | boolean

/** Cuts the texts of all spans of one request and charges what is left: where texts are indices, a small body can mean much. */
export class SpanTexts {
  #chars = 0

  constructor(readonly limits: LimitValues) {}

  /** A service, name or resource. */
  text(text: string): string {
    return this.charge(cutText(text, this.limits.spanTextBytes))
  }

  /** Throws CodedError spans_too_large. */
  charge(text: string): string {
    const limit = this.limits.requestSpanChars
    this.#chars += text.length
    if (this.#chars > limit) throw new CodedError('spans_too_large', { actual: this.#chars, limit })
    return text
  }
}

/** The attributes of one span: at most limits.spanAttributes, of limits.spanAttributeBytes each. */
export class SpanAttributes {
  /** Those that found no room. */
  dropped = 0
  readonly #texts: SpanTexts
  readonly #pairs: [string, Value][] = []

  constructor(texts: SpanTexts) {
    this.#texts = texts
  }

  add(key: string, value: Value): void {
    const { spanAttributes, spanAttributeBytes } = this.#texts.limits
    if (this.#pairs.length >= spanAttributes || key === '' || key.length > spanAttributeBytes) {
      this.dropped++
      return
    }
    this.#texts.charge(key)
    this.#pairs.push([key, typeof value === 'string' ? this.#text(value) : value])
  }

  list(): Span['attributes'] {
    return this.#pairs
  }

  #text(value: string): string {
    return this.#texts.charge(cutText(value, this.#texts.limits.spanAttributeBytes))
  }
}
