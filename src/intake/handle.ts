import type { IncomingMessage, ServerResponse } from 'node:http'
import { CodedError } from '../pprof/errors'
import { answer, refusal } from './answer'
import { drain, RequestAborted } from './body'
import type { Context } from './context'
import type { Reply } from './receive/protocol'
import { protocols } from './receive/protocols'
import { type Route, routeOf } from './routes'

const maxLoggedChars = 200

/** Answers one request, whatever it is. Never rejects. */
export async function handle(
  context: Context,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const startMs = performance.now()
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const route = routeOf(path)
  const reply = await admit(context, request, route).catch((error: unknown) => {
    return refuse(context, request, route, error)
  })
  if (reply === undefined) return
  const drained = await drain(request, context.limits.drainBytes)
  answer(response, reply, !drained || context.isClosing())
  context.metrics.observe(route?.path ?? 'unknown', reply.status, performance.now() - startMs)
}

async function admit(context: Context, request: IncomingMessage, route: Route | undefined): Promise<Reply> {
  context.hostNames.check(request.headers)
  if (route === undefined && isNavigation(request)) return context.page.missing(request.headers)
  const key = route?.needsKey === false ? undefined : context.keys.admit(request.headers)
  if (route === undefined) throw new CodedError('route_unknown')
  // HEAD is GET without the body, which Node leaves out: what watches over `/healthz` often asks so.
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '')
  if (!route.methods.includes(method)) {
    throw new CodedError('method_not_allowed', { allowed: route.methods.join(' or ') })
  }
  return route.handle(context, request, key)
}

/** A person who mistyped an address of the explorer; who asks for an API by a wrong name reads JSON. */
function isNavigation({ method, url = '', headers }: IncomingMessage): boolean {
  return method === 'GET' && !url.startsWith('/api/') && /\btext\/html\b/.test(headers.accept ?? '')
}

function refuse(
  { counters, log }: Context,
  request: IncomingMessage,
  route: Route | undefined,
  error: unknown,
): Reply | undefined {
  if (error instanceof RequestAborted) {
    counters.add('dropped.aborted_requests')
    return undefined
  }
  const coded = error instanceof CodedError ? error : new CodedError('internal')
  counters.refused(coded, route?.isUpload === true)
  if (coded !== error) log.error({ err: error, route: route?.path }, 'a request failed')
  // The path where it is none of ours: whoever looks for what a client misses needs it.
  else
    log.debug(
      { code: coded.code, route: route?.path ?? request.url?.slice(0, maxLoggedChars) },
      coded.message,
    )
  const refused = route?.protocol && protocols[route.protocol].refused
  const contentType = request.headers['content-type'] ?? ''
  return refused?.(coded, { contentType }) ?? { status: coded.status, body: refusal(coded) }
}
