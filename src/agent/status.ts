/** What the profiler of one thread does. */
export interface Status {
  /** Whether this thread is sampled. */
  running: boolean
  /** Why not, in one line; undefined while it runs. */
  reason?: string
  /** What samples: our own addon, or @datadog/pprof where there is no addon for this platform. */
  engine?: 'native' | '@datadog/pprof'
  /** How samples get span, endpoint and own labels. `none`: they carry those of the thread alone. */
  labelMode?: 'async context frame' | 'async hooks' | 'none'
  /** Of this process since the start, on the main thread. Absent until the uploader's thread runs. */
  uploads?: UploadTotals
}

export interface UploadTotals {
  /** Arrived. */
  sent: number
  /** Failed, and kept on disk to be tried again. */
  spooled: number
  /** Failed and given up. event.json says why, in `info.profiler.uploads`. */
  dropped: number
}
