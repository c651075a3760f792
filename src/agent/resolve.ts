import { currentLabels, type Labels } from './labels'
import type { Resolvers } from './resolvers'
import { CustomSlots, type EndpointNames, EndpointSlots } from './slots'

/**
 * The labels of one window. The typed arrays are reused by the next window: copy them at once.
 * A label set is one row of `ids`, `endpointSlot` and `customSlot`. Slots are those of the current interval.
 */
export interface WindowLabels {
  /** Label sets in this window. */
  count: number
  /** By frame: row + 1, 0 for a frame without labels. */
  labelSetOfFrame: Uint32Array
  /** Four per row: span id, local root span id, trace id high, trace id low; 0 = none. */
  ids: BigUint64Array
  /** By row: 0 = none. A slot is named in this window, in a later one, when the interval closes, or never. */
  endpointSlot: Uint32Array
  /** By row: 0 = none. */
  customSlot: Uint32Array
  /** Custom label sets first seen in this window, in the order of their slots: `[key, value, ...]`. */
  newCustoms: (string | number)[][]
  /** Endpoints that became known, also of earlier windows: `[slot, name, ...]`. */
  newEndpoints: EndpointNames
  /** Frames without labels because a tracer threw. */
  failed: number
}

/** Resolves the distinct context frames of each window to label sets, each active span once. */
export class WindowResolver {
  readonly #resolvers: Resolvers
  readonly #endpoints: EndpointSlots
  readonly #customs = new CustomSlots()
  readonly #rows = new Map<object | undefined, number>()
  readonly #rowsOfLabels = new Map<Labels, Map<object | undefined, number>>()
  #count = 0
  #failed = 0
  #labelSetOfFrame = new Uint32Array(256)
  #ids = new BigUint64Array(4 * 256)
  #endpointSlot = new Uint32Array(256)
  #customSlot = new Uint32Array(256)

  constructor(resolvers: Resolvers) {
    this.#resolvers = resolvers
    this.#endpoints = new EndpointSlots(resolvers)
  }

  /** Custom label sets left out since the start, for want of room. */
  get droppedCustoms(): number {
    return this.#customs.dropped
  }

  /**
   * Resolves a whole window.
   * @param frames number of distinct context frames
   * @param enterFrame makes frame `i` the current one; the caller restores its own afterwards
   */
  resolve(frames: number, enterFrame: (frame: number) => void): WindowLabels {
    this.#resolvers.refresh()
    if (frames > this.#labelSetOfFrame.length) this.#labelSetOfFrame = new Uint32Array(2 * frames)
    for (let frame = 0; frame < frames; frame++) {
      enterFrame(frame)
      this.#labelSetOfFrame[frame] = this.add()
    }
    return this.take()
  }

  /**
   * Adds the frame that is current to the window. For runtimes where a frame cannot be entered again later.
   * @returns its row + 1, 0 without labels
   */
  add(): number {
    try {
      const span = this.#resolvers.activeSpan()
      const labels = currentLabels()
      if (span === undefined && labels === undefined) return 0
      const rows = labels === undefined ? this.#rows : this.#rowsOf(labels)
      let row = rows.get(span)
      if (row === undefined) {
        row = this.#addRow(span, labels)
        rows.set(span, row)
      }
      return row + 1
    } catch {
      this.#failed++
      return 0
    }
  }

  /** Ends the window. */
  take(): WindowLabels {
    const window: WindowLabels = {
      count: this.#count,
      labelSetOfFrame: this.#labelSetOfFrame,
      ids: this.#ids,
      endpointSlot: this.#endpointSlot,
      customSlot: this.#customSlot,
      newCustoms: this.#customs.take(),
      newEndpoints: this.#endpoints.take(),
      failed: this.#failed,
    }
    this.#count = 0
    this.#failed = 0
    this.#rows.clear()
    this.#rowsOfLabels.clear()
    this.#resolvers.refresh()
    return window
  }

  /**
   * Ends the interval after its last window: slots are numbered anew.
   * @returns the endpoints, as far as known, of requests that still run
   */
  closeInterval(): EndpointNames {
    this.#customs.close()
    return this.#endpoints.close()
  }

  #rowsOf(labels: Labels): Map<object | undefined, number> {
    let rows = this.#rowsOfLabels.get(labels)
    if (rows === undefined) {
      rows = new Map()
      this.#rowsOfLabels.set(labels, rows)
    }
    return rows
  }

  #addRow(span: object | undefined, labels: Labels | undefined): number {
    const resolved = span && this.#resolvers.describe(span)
    const row = this.#count
    if (row === this.#endpointSlot.length) this.#grow()
    this.#ids[4 * row] = resolved?.spanId ?? 0n
    this.#ids[4 * row + 1] = resolved?.rootSpanId ?? 0n
    this.#ids[4 * row + 2] = resolved?.traceIdHigh ?? 0n
    this.#ids[4 * row + 3] = resolved?.traceIdLow ?? 0n
    this.#endpointSlot[row] = resolved?.root ? this.#endpoints.slotOf(resolved.root) : 0
    this.#customSlot[row] = labels ? this.#customs.slotOf(labels) : 0
    this.#count++
    return row
  }

  #grow(): void {
    const rows = 2 * this.#endpointSlot.length
    this.#ids = copyInto(new BigUint64Array(4 * rows), this.#ids)
    this.#endpointSlot = copyInto(new Uint32Array(rows), this.#endpointSlot)
    this.#customSlot = copyInto(new Uint32Array(rows), this.#customSlot)
  }
}

function copyInto<T extends BigUint64Array | Uint32Array>(larger: T, array: T): T {
  ;(larger.set as (from: T) => void)(array)
  return larger
}
