import type * as workerThreads from 'node:worker_threads'

/**
 * Whether this is the process's main thread. Not asked of node:worker_threads, which costs a process 3 ms of its start:
 * a worker has no abort(), and Node marks the function that stands in its place (lib/internal/process/worker_thread_only.js).
 */
export const isMainThread: boolean = (process.abort as { disabled?: boolean }).disabled !== true

/** Of node:worker_threads, loaded when asked. */
export function loadWorkerThreads(): typeof workerThreads {
  return require('node:worker_threads') as typeof workerThreads
}
