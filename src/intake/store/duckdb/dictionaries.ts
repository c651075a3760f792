import type { ColumnProfile, Frame } from '../profile-store'
import type { Database } from './database'
import { EndpointDictionary } from './endpoint-dictionary'
import { FrameDictionary } from './frame-dictionary'
import type { SeriesCaps } from './series-caps'
import { SeriesDictionary } from './series-dictionary'
import { StackDictionary } from './stack-dictionary'
import type { Writer } from './writer'

/** How many names of each sort the columns take; what is beyond is summed up as `(other)`. */
export interface NameCaps extends SeriesCaps {
  endpointsPerService: number
}

/**
 * Dense ids of series, endpoints, frames and stacks: what the rows hold instead of texts. All but the stacks themselves is in
 * memory. New entries are written with the batch that brought them; where that fails, the dictionaries are loaded anew.
 */
export class Dictionaries {
  readonly series: SeriesDictionary
  readonly endpoints: EndpointDictionary
  readonly frames = new FrameDictionary()
  readonly stacks = new StackDictionary()

  private constructor(caps: NameCaps) {
    this.series = new SeriesDictionary(caps)
    this.endpoints = new EndpointDictionary(caps.endpointsPerService)
  }

  static async load(database: Database, caps: NameCaps): Promise<Dictionaries> {
    const own = new Dictionaries(caps)
    for (const dictionary of own.#all) await dictionary.load(database)
    return own
  }

  /** The id of each stack of a profile. */
  stackIds({ frames, stackStart, stackFrames }: ColumnProfile): Uint32Array {
    const frameIds = new Uint32Array(frames.length)
    for (let i = 0; i < frames.length; i++) frameIds[i] = this.frames.idOf(frames[i] as Frame)
    const global = new Uint32Array(stackFrames.length)
    for (let i = 0; i < global.length; i++) global[i] = frameIds[stackFrames[i] as number] as number
    return stackStart
      .subarray(0, -1)
      .map((from, i) => this.stacks.idOf(global, from, stackStart[i + 1] as number))
  }

  /** Writes what is new. */
  async flush(write: Writer): Promise<void> {
    for (const dictionary of this.#all) await dictionary.flush(write)
  }

  get #all() {
    return [this.frames, this.endpoints, this.stacks, this.series]
  }
}
