// The window resolver over the real OpenTelemetry SDK.
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { after, test } from 'node:test'
import { context, SpanKind, trace } from '@opentelemetry/api'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { withLabels } from '../../src/agent/labels'
import { WindowResolver } from '../../src/agent/resolve'
import { createResolver, maxEndpoints, otherEndpoints } from '../../src/agent/resolvers'
import { maxCustomSets } from '../../src/agent/slots'

new NodeTracerProvider().register()
const tracer = trace.getTracer('test')
const resolvers = createResolver()
after(() => resolvers.stop())

const frame = () => AsyncLocalStorage.snapshot() as <T>(fn: () => T) => T

function request(route: string, inside: (end: () => void) => void): void {
  const options = { kind: SpanKind.SERVER, attributes: { 'http.request.method': 'GET' } }
  tracer.startActiveSpan('GET', options, (span) => {
    inside(() => span.setAttribute('http.route', route).end())
  })
}

test('one row per span and custom set, no row without either', () => {
  const window = new WindowResolver(resolvers)
  const frames = [frame()]
  request('/a', () => {
    frames.push(frame(), frame())
    withLabels({ a: 1 }, () => frames.push(frame(), frame()))
    withLabels({ a: 1 }, () => frames.push(frame()))
  })
  withLabels({ a: 1 }, () => frames.push(frame()))
  const sets = frames.map((enter) => enter(() => window.add()))
  const { count, ids, customSlot, newCustoms, failed } = window.take()
  assert.deepEqual(sets, [0, 1, 1, 2, 2, 3, 4])
  assert.equal(count, 4)
  assert.deepEqual([...customSlot.slice(0, 4)], [0, 1, 1, 1])
  assert.deepEqual(newCustoms, [['a', 1]])
  assert.equal(ids[0], ids[4])
  assert.equal(ids[12], 0n)
  assert.equal(failed, 0)
})

test('a request that runs is named in the window in which it ends', () => {
  const window = new WindowResolver(resolvers)
  let finish = () => {}
  request('/slow', (end) => {
    finish = end
    window.add()
  })
  const first = window.take()
  const slot = first.endpointSlot[0]
  assert.deepEqual(first.newEndpoints, [])
  finish()
  assert.deepEqual(window.take().newEndpoints, [slot, 'GET /slow'])
  assert.deepEqual(window.take().newEndpoints, [])
  request('/slow', (end) => {
    end()
    window.add()
  })
  const later = window.take()
  assert.equal(later.endpointSlot[0], slot)
  assert.deepEqual(later.newEndpoints, [])
})

test('when the interval closes, a running request has the route that is known, not the bare method', () => {
  const window = new WindowResolver(resolvers)
  request('/never', () => window.add())
  request('/never', () => {
    trace.getActiveSpan()?.setAttribute('http.route', '/known')
    window.add()
  })
  const { endpointSlot, newEndpoints } = window.take()
  assert.deepEqual(newEndpoints, [])
  assert.deepEqual(window.closeInterval(), [endpointSlot[1], 'GET /known'])
  request('/next', (end) => {
    end()
    window.add()
  })
  assert.deepEqual(window.take().newEndpoints, [1, 'GET /next'])
})

test('a window has room for every span of many', () => {
  const window = new WindowResolver(resolvers)
  const spanIds = Array.from({ length: 1000 }, (_, i) =>
    tracer.startActiveSpan(`span ${i}`, (span) => {
      assert.equal(window.add(), i + 1)
      return BigInt(`0x${span.spanContext().spanId}`)
    }),
  )
  const { count, ids } = window.take()
  assert.equal(count, 1000)
  assert.deepEqual(
    spanIds,
    Array.from({ length: 1000 }, (_, i) => ids[4 * i]),
  )
})

test('endpoints beyond the limit share one name, in labels and in counts', () => {
  const window = new WindowResolver(resolvers)
  resolvers.takeEndpointCounts()
  for (let i = 0; i < maxEndpoints + 50; i++) {
    request(`/raw/${i}`, (end) => {
      end()
      window.add()
    })
  }
  const names = window.take().newEndpoints.filter((name) => typeof name === 'string')
  assert.equal(names.length, maxEndpoints + 1)
  assert.equal(names.at(-1), otherEndpoints)
  const counts = resolvers.takeEndpointCounts()
  assert.equal(Object.keys(counts).length, maxEndpoints + 1)
  assert.equal(counts[otherEndpoints], 50)
})

test('custom sets beyond the limit are left out and counted', () => {
  const window = new WindowResolver(resolvers)
  for (let i = 0; i < maxCustomSets + 5; i++) withLabels({ request: i }, () => window.add())
  const { newCustoms, customSlot } = window.take()
  assert.equal(newCustoms.length, maxCustomSets)
  assert.equal(customSlot[maxCustomSets], 0)
  assert.equal(window.droppedCustoms, 5)
  window.closeInterval()
  withLabels({ request: 'next interval' }, () => window.add())
  assert.deepEqual(window.take().newCustoms, [['request', 'next interval']])
})

test('a span that throws costs its own labels only', () => {
  const window = new WindowResolver(resolvers)
  const hostile = {
    spanContext() {
      throw new Error('not a span')
    },
  }
  context.with(trace.setSpan(context.active(), hostile as never), () => assert.equal(window.add(), 0))
  tracer.startActiveSpan('fine', () => assert.equal(window.add(), 1))
  assert.equal(window.take().failed, 1)
})

test('after stop the tracer is as it was', () => {
  const tracers = Object.getPrototypeOf(new NodeTracerProvider().getTracer('other'))
  const wrapped = tracers.startSpan
  resolvers.stop()
  assert.notEqual(tracers.startSpan, wrapped)
  resolvers.refresh()
})
