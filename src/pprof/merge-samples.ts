import { halvesOf, U32Column, WordColumn } from './columns'
import { Interner } from './interner'
import type { Samples } from './model'
import { saturated } from './saturated'

/** Sums samples of the same stack and labels. */
export class MergedSamples {
  private readonly stacks = new Interner()
  /** Rows of key, str, low and high half of num, unit. */
  private readonly labels = new Interner()
  /** Rows of labels. */
  private readonly labelSets = new Interner()
  /** Rows of a stack and a label set. */
  private readonly samples = new Interner()
  private values = new BigInt64Array(1024)

  /** `width` is the number of values per sample. */
  constructor(private readonly width: number) {}

  /** `strings` and `locations` are the new indices of the profile's own. */
  add(samples: Samples, strings: Uint32Array, locations: Uint32Array): void {
    const { stackStart, labelStart, labelStr, labelUnit } = samples
    const num = halvesOf(samples.labelNum)
    const labels = samples.labelKey.map((key, i) => {
      const [str, unit] = [labelStr[i] as number, labelUnit[i] as number]
      return this.labels.intern([
        strings[key],
        strings[str],
        num[2 * i],
        num[2 * i + 1],
        strings[unit],
      ] as number[])
    })
    const stacks = samples.stack.map((location) => locations[location] as number)
    for (let i = 0; i < samples.count; i++) {
      const stack = this.stacks.intern(stacks, stackStart[i], stackStart[i + 1])
      const labelSet = this.labelSets.intern(labels, labelStart[i], labelStart[i + 1])
      this.addValues(this.samples.intern([stack, labelSet]), samples.values, i)
    }
  }

  finish(): Samples {
    const { stacks, labels, labelSets, width } = this
    const count = this.samples.count
    const stackStart = new U32Column(count + 1)
    const stack = new U32Column()
    const labelStart = new U32Column(count + 1)
    const [labelKey, labelStr, labelNum, labelUnit] = [
      new U32Column(),
      new U32Column(),
      new WordColumn(),
      new U32Column(),
    ]
    for (let i = 0; i < count; i++) {
      stackStart.push(stack.length)
      labelStart.push(labelKey.length)
      const [stackRow = 0, labelSetRow = 0] = this.samples.row(i)
      for (const location of stacks.row(stackRow)) stack.push(location)
      for (const label of labelSets.row(labelSetRow)) {
        const [key = 0, str = 0, lo = 0, hi = 0, unit = 0] = labels.row(label)
        labelKey.push(key)
        labelStr.push(str)
        labelNum.push(lo, hi)
        labelUnit.push(unit)
      }
    }
    stackStart.push(stack.length)
    labelStart.push(labelKey.length)
    return {
      count,
      values: this.values.slice(0, count * width),
      stackStart: stackStart.finish(),
      stack: stack.finish(),
      labelStart: labelStart.finish(),
      labelKey: labelKey.finish(),
      labelStr: labelStr.finish(),
      labelNum: labelNum.finishSigned(),
      labelUnit: labelUnit.finish(),
    }
  }

  private addValues(row: number, values: BigInt64Array, sample: number): void {
    const { width } = this
    if ((row + 1) * width > this.values.length) {
      const grown = new BigInt64Array(this.values.length * 2)
      grown.set(this.values)
      this.values = grown
    }
    for (let type = 0; type < width; type++) {
      const sum = (this.values[row * width + type] as bigint) + (values[sample * width + type] as bigint)
      this.values[row * width + type] = saturated(sum)
    }
  }
}
