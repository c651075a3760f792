/** What a tracer knows of one span. Ids are unsigned 64 bit, 0n where there is none. */
export interface Resolved {
  spanId: bigint
  rootSpanId: bigint
  traceIdHigh: bigint
  traceIdLow: bigint
  /** Key for the endpoint, asked with `endpointOf` when the window ends or later. */
  root?: object
}

/** Reads one tracer. `activeSpan` and `describe` speak of the context frame that is current. */
export interface Resolver {
  readonly name: string
  /** Whether the tracer is loaded. */
  active(): boolean
  /** The active span's object: its identity is the key to describe each span once per window. */
  activeSpan(): object | undefined
  describe(span: object): Resolved
  /** The endpoint as far as known; undefined also for another tracer's root. */
  endpointOf(root: object): string | undefined
  /** Whether the endpoint can no longer change. */
  settled(root: object): boolean
}
