import { UINTEGER, VARCHAR } from '@duckdb/node-api'
import type { Database } from './database'
import { other } from './series-caps'
import type { Writer } from './writer'

/** Ids of endpoints, each of a service; 0 is samples without one. */
export class EndpointDictionary {
  /** By id. */
  readonly names: string[] = ['']
  readonly #ids = new Map<string, Map<string, number>>()
  #new: { service: string; name: string }[] = []

  constructor(private readonly endpointsPerService: number) {}

  async load(database: Database): Promise<void> {
    const rows = await database.read('SELECT service, name FROM endpoints ORDER BY id')
    const names = rows.texts(1)
    rows.texts(0).forEach((service, i) => {
      this.#add(service, names[i] as string)
    })
  }

  idOf(service: string, name: string): number {
    if (name === '') return 0
    const known = this.#ids.get(service)
    const id = known?.get(name)
    if (id !== undefined) return id
    if ((known?.size ?? 0) >= this.endpointsPerService && name !== other) return this.idOf(service, other)
    this.#new.push({ service, name })
    return this.#add(service, name)
  }

  /** Ids of a name, one per service that has it. */
  idsOf(name: string): number[] {
    if (name === '') return [0]
    return [...this.#ids.values()].map((known) => known.get(name) ?? -1).filter((id) => id >= 0)
  }

  /** Writes what is new. */
  async flush(write: Writer): Promise<void> {
    const first = this.names.length - this.#new.length
    const columns = [
      this.#new.map((_, i) => first + i),
      this.#new.map(({ service }) => service),
      this.#new.map(({ name }) => name),
    ]
    await write.append('endpoints', [UINTEGER, VARCHAR, VARCHAR], columns)
    this.#new = []
  }

  #add(service: string, name: string): number {
    const known = this.#ids.get(service) ?? new Map<string, number>()
    this.#ids.set(service, known)
    const id = this.names.push(name) - 1
    known.set(name, id)
    return id
  }
}
