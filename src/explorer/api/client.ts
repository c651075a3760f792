import { signal } from '@preact/signals'

/** The intake's refusal of a query: its code, and a sentence for people. */
export class Refusal extends Error {
  override readonly name = 'Refusal'

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

export type Params = Readonly<Record<string, string | number | readonly string[] | undefined>>

const storedKey = 'acme-profiler-key'

/** True once the intake asked for a key that this page does not have. */
export const keyWanted = signal(false)

/** True where the one that it has is none of the intake's. */
export const keyRefused = signal(false)

/** Remembers a key for this tab alone. */
export function useKey(key: string): void {
  sessionStorage.setItem(storedKey, key)
  keyWanted.value = false
}

/** The address of a query; what is undefined is left out. */
export function addressOf(query: string, params: Params): string {
  const all = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue
    for (const one of Array.isArray(value) ? value : [value]) all.append(name, String(one))
  }
  return `/api/v1/${query}?${all}`
}

/** Asks the intake. Rejects with Refusal, or with what fetch rejects with. */
export async function ask<T>(address: string, signal: AbortSignal): Promise<T> {
  return (await answerOf(address, signal)).json() as Promise<T>
}

/** The bytes of one raw profile or export. */
export async function askBytes(address: string): Promise<Blob> {
  return (await answerOf(address, null)).blob()
}

async function answerOf(address: string, signal: AbortSignal | null): Promise<Response> {
  const key = sessionStorage.getItem(storedKey)
  const response = await fetch(address, {
    signal,
    headers: key === null ? {} : { Authorization: `Bearer ${key}` },
  })
  if (response.ok) return response
  const refusal = await response.json().catch(() => ({}))
  if (refusal.code === 'key_missing' || refusal.code === 'key_unknown') {
    keyRefused.value = refusal.code === 'key_unknown'
    keyWanted.value = true
  }
  throw new Refusal(String(refusal.code ?? response.status), String(refusal.message ?? response.statusText))
}
