import { printable } from '../pprof/top-text'
import { Refusal } from './refusal'

/** Parameters of one query; lists are given once per item, what is undefined not at all. */
export type Params = Readonly<Record<string, string | number | readonly string[] | undefined>>

/** Asks an intake (docs/openapi.json). */
export class Client {
  readonly #url: string
  readonly #key: string | undefined

  /** @param url `http://127.0.0.1:8126` */
  constructor(url: string, key: string | undefined) {
    this.#url = url.replace(/\/+$/, '')
    this.#key = key
  }

  async json<T>(query: string, params: Params): Promise<T> {
    return (await this.#ask(query, params)).json() as Promise<T>
  }

  async bytes(query: string, params: Params): Promise<Uint8Array> {
    return new Uint8Array(await (await this.#ask(query, params)).arrayBuffer())
  }

  async #ask(query: string, params: Params): Promise<Response> {
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(params)) {
      for (const item of Array.isArray(value) ? value : [value]) {
        if (item !== undefined) search.append(name, String(item))
      }
    }
    const headers: Record<string, string> = this.#key === undefined ? {} : { 'X-Acme-Key': this.#key }
    const response = await fetch(`${this.#url}/api/v1/${query}?${search}`, { headers }).catch(
      (error: unknown) => {
        const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message
        throw new Refusal(
          `${this.#url} does not answer (${cause}); --url or ACME_INTAKE_URL names the intake`,
        )
      },
    )
    if (response.ok) return response
    const { code, message } = await response.json().then(
      (body) => body as { code?: string; message?: string },
      () => ({ code: undefined, message: undefined }),
    )
    const said = printable(message ?? `${this.#url} answered ${response.status}`)
    throw new Refusal(
      code === 'key_missing' || code === 'key_unknown'
        ? `${said} The command shows that of ACME_INTAKE_KEY.`
        : said,
    )
  }
}
