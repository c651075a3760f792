import type { ComponentChildren } from 'preact'
import { Refusal } from '../api/client'
import type { Answer } from './use-query'

/** What failed, and what to do about it. */
export function ErrorNote({ error }: { error: Error }) {
  const isRefusal = error instanceof Refusal
  return (
    <div class="notice error" role="alert">
      <h2>{isRefusal ? 'The intake refused this query' : 'The intake does not answer'}</h2>
      <p>
        {isRefusal
          ? error.message
          : 'It may have been stopped. What it acknowledged is on its disk; this page goes on when it is back.'}
      </p>
      {isRefusal && <p class="faint">{error.code}</p>}
    </div>
  )
}

/** Above what was there before: it is still of use. */
function Outdated() {
  return (
    <p class="outdated" role="alert">
      The intake does not answer. What is shown is from before; this page goes on when it is back.
    </p>
  )
}

/** Nothing is there: why, and what to do next. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice">
      <h2>{title}</h2>
      {children}
    </div>
  )
}

/** The line that starts an application with the agent, pointed here. */
export function StartLine() {
  return (
    <>
      <p>Start a Node.js application with the agent, pointed at this intake:</p>
      <pre>
        DD_PROFILING_ENABLED=true DD_SERVICE=my-service \{'\n'}DD_TRACE_AGENT_URL={location.origin} \{'\n'}
        node --require @acme/profiler/init app.js
      </pre>
      <p class="faint">
        The first profile comes after one upload period: 60 s, or DD_PROFILING_UPLOAD_PERIOD.
      </p>
    </>
  )
}

interface ShownProps<T> {
  answer: Answer<T>
  children(data: T): ComponentChildren
}

/** An answer in one of its states. */
export function Shown<T>({ answer, children }: ShownProps<T>) {
  const { data, error, isLoading, isSlow } = answer
  return (
    <>
      {isLoading && isSlow && <div class="progress" role="progressbar" aria-label="Asking the intake" />}
      {error && (data === undefined ? <ErrorNote error={error} /> : <Outdated />)}
      {data !== undefined && children(data)}
      {data === undefined && isLoading && <div class="waiting" />}
    </>
  )
}
