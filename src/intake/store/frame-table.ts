import type { Frame } from './profile-store'

/** Numbers distinct functions in the order in which they first come. */
export class FrameTable {
  readonly frames: Frame[] = []
  readonly #ids = new Map<string, number>()

  idOf(frame: Frame): number {
    const key = `${frame.line} ${frame.file}\0${frame.name}`
    let id = this.#ids.get(key)
    if (id === undefined) {
      id = this.frames.push(frame) - 1
      this.#ids.set(key, id)
    }
    return id
  }
}
