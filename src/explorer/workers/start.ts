import type { Reply } from './answer'

// Put in by build.mjs: addresses of what it made of graph.ts and open-file.ts.
declare const GRAPH_WORKER: string
declare const OPEN_FILE_WORKER: string

const addresses = { graph: GRAPH_WORKER, openFile: OPEN_FILE_WORKER } as const

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(address: string): string },
  ): {
    createScriptURL(address: string): string
  }
}

// The one policy that the page's Content-Security-Policy lets be made. It knows two addresses, both our own.
const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
const policy = trustedTypes?.createPolicy('explorer-workers', {
  createScriptURL(address) {
    if (!(Object.values(addresses) as string[]).includes(address)) throw new TypeError('no worker of ours')
    return address
  },
})

/** Asks a worker one question, and ends it. Rejects with an Error whose message is for people, and with the signal's reason. */
export function askWorker<Answer>(
  name: keyof typeof addresses,
  question: unknown,
  signal: AbortSignal,
): Promise<Answer> {
  const address = addresses[name]
  const worker = new Worker(policy?.createScriptURL(address) ?? address, { type: 'module' })
  return new Promise<Answer>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Reply<Answer>>) => {
      if ('answer' in data) resolve(data.answer)
      else reject(new Error(data.error))
    })
    worker.addEventListener('error', () => reject(new Error('It needs more memory than there is.')))
    signal.addEventListener('abort', () => reject(signal.reason))
    worker.postMessage(question)
  }).finally(() => worker.terminate())
}
