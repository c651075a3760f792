import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { procedures } from '../../src/intake/querier/connect'
import { routes } from '../../src/intake/routes'
import { limitValues } from '../../src/pprof/limits'
import { figures } from '../figures'
import { captureBodies } from '../hostile/captured'
import { flip, mutate, randomFrom } from '../hostile/mutate'
import { built, memoryOf, spawnIntake } from './child'
import { boundary, event, realProfile, tempDir, uploadBody } from './helpers'

// BODIES=100000: bodies of real clients, changed, to every address that keeps something or reads a question.
const bodies = Number(process.env.BODIES ?? 100_000)
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32))
const senders = 16

interface Sent {
  path: string
  contentType: string
  body: Buffer
}

async function corpusByPath(): Promise<Map<string, Sent[]>> {
  const wall = await realProfile()
  const contentType = `multipart/form-data; boundary=${boundary}`
  const uploads = [wall, gunzipSync(wall)].map((bytes) => uploadBody(event(), { 'wall.pprof': bytes }))
  const captured: Sent[] = (await captureBodies()).map((one) => ({
    ...one,
    path: `${one.path}?${one.query}`,
  }))
  const corpus = [...captured, ...uploads.map((body) => ({ path: '/profiling/v1/input', contentType, body }))]
  const twins: Record<string, string> = {
    '/api/v2/profile': '/profiling/v1/input',
    '/v0.3/traces': '/v0.4/traces',
    '/pyroscope/ingest': '/ingest',
  }
  corpus.push(...askedOfQuerier())
  const receiving = routes.filter(({ protocol }) => protocol).map(({ path }) => path)
  return new Map(
    receiving.map((path) => {
      const of = twins[path] ?? path
      const found = corpus.filter((one) => one.path.split('?')[0] === of)
      assert.ok(found.length > 0, path)
      return [path, found.map((one) => ({ ...one, path: one.path.replace(of, path) }))]
    }),
  )
}

/** Grafana's calls in JSON, with all that any of them knows. */
function askedOfQuerier(): Sent[] {
  const selected = {
    ...{ start: String(Date.now() - 3_600_000), end: String(Date.now() + 60_000), step: 60, maxNodes: '100' },
    ...{ name: 'service_name', matchers: ['{service_name="shop"}'], labelNames: ['service_name'] },
    profileTypeID: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
    ...{ labelSelector: '{service_name=~"a|b"}', groupBy: ['version'], spanSelector: ['00000000000000a1'] },
  }
  const body = Buffer.from(JSON.stringify({ ...selected, left: selected, right: selected }))
  return procedures.map(({ name }) => ({
    path: `/querier.v1.QuerierService/${name}`,
    contentType: 'application/json',
    body,
  }))
}

test(`${bodies} changed bodies over a socket to all addresses that take one: no crash, no 5xx but 503 and 507, bounded memory`, async (t) => {
  t.diagnostic(`FUZZ_SEED=${seed}`)
  const random = randomFrom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const corpus = await corpusByPath()
  const paths = [...corpus.keys()]
  const intake = await spawnIntake(t, tempDir(t), ['--log-level', 'fatal'], built)
  const agent = new Agent({ keepAlive: true, maxSockets: senders })
  const statuses = new Map<string, number>()
  const send = async ({ path, contentType, body }: Sent, isZipped: boolean) => {
    const headers = { 'Content-Type': contentType, ...(isZipped && { 'Content-Encoding': 'gzip' }) }
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request(intake.url + path, { method: 'POST', agent, headers }, (response) => {
        text(response).then(() => resolve(response.statusCode ?? 0), reject)
      })
      sent.on('error', reject).end(body)
      // A socket that the intake closed while it was idle is no answer: the same again on a new one.
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') throw error
      return -1
    })
    const key = status < 0 ? 'closed' : String(status)
    statuses.set(key, (statuses.get(key) ?? 0) + 1)
    assert.ok(status < 500 || status === 503 || status === 507, `${status} from ${path}`)
  }
  const changed = (body: Buffer) => (random() < 0.5 ? mutate(body, random) : flip(body, random))
  const next = (): Promise<void> => {
    const one = pick(corpus.get(pick(paths)) as Sent[])
    const form = random()
    if (form < 0.6) return send({ ...one, body: changed(one.body) }, false)
    if (form < 0.8) return send({ ...one, body: gzipSync(changed(one.body), { level: 1 }) }, true)
    return send({ ...one, body: changed(gzipSync(one.body, { level: 1 })) }, true)
  }
  for (const sent of corpus.values()) for (const one of sent) await send(one, false)
  const base = memoryOf(intake.child)
  let left = bodies
  const started = performance.now()
  await Promise.all(
    Array.from({ length: senders }, async () => {
      while (left-- > 0) await next()
    }),
  )
  const { now, peak } = memoryOf(intake.child)
  const megabytes = (bytes: number) => Math.round(bytes / 1_048_576)
  const answers = [...statuses].sort().map(([status, count]) => `${count} x ${status}`)
  t.diagnostic(`${bodies} in ${Math.round((performance.now() - started) / 1_000)} s: ${answers.join(', ')}`)
  t.diagnostic(
    `RSS in MiB: base ${megabytes(base.now)}, at the end ${megabytes(now)}, peak ${megabytes(peak)}`,
  )
  assert.equal((await fetch(`${intake.url}/healthz`)).status, 200)
  assert.equal((await fetch(`${intake.url}/api/v1/services`)).status, 200)
  const metrics = await fetch(`${intake.url}/metrics`).then((response) => response.text())
  assert.doesNotMatch(metrics, /internal|storage_failed|store\.restarts/)
  const { bytesInFlight, uploadInflatedBytes } = limitValues()
  assert.ok(peak < base.now + 2 * Math.max(bytesInFlight, uploadInflatedBytes))
  assert.equal(await intake.end('SIGTERM'), 0)
  figures({ mutated: bodies, peakMebibytes: megabytes(peak) })
})
