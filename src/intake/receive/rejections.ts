import type { CodedError } from '../../pprof/errors'
import type { Rejection } from './protocol'

/** What was left out of one request, by code: the first message of each stands for all. */
export class Rejections {
  readonly #byCode = new Map<string, Rejection>()

  add({ code, message }: CodedError, items = 1): void {
    const known = this.#byCode.get(code)
    if (known) known.items += items
    else this.#byCode.set(code, { code, message, items })
  }

  list(): Rejection[] {
    return [...this.#byCode.values()]
  }
}
