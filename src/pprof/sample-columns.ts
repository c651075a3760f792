import { U32Column, WordColumn } from './columns'
import { LabelColumns } from './label-columns'

/**
 * What the samples of a profile are decoded into: most of its memory. Whoever decodes one profile after the other gives the same
 * columns each time; a profile in them is good until the next one.
 */
export class SampleColumns {
  readonly stack = new U32Column(0)
  readonly stackStart = new U32Column(0)
  readonly values = new WordColumn(0)
  readonly labelStart = new U32Column(0)
  readonly labels = new LabelColumns()

  /** Empties them, with room for what a profile of Node of so many bytes has, so that hardly one grows: each time costs fresh memory. */
  reset(bytes: number): void {
    const samples = bytes >> 6
    this.stack.reset(Math.floor(bytes / 5))
    this.stackStart.reset(samples)
    this.values.reset(samples * 3)
    this.labelStart.reset(samples)
    this.labels.reset(Math.floor(bytes / 14))
  }
}
