import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { ProfileInfo } from '../../src/intake/query/types'
import { atEnd } from '../helpers/at-end'
import { flip, mutate, randomFrom } from '../hostile/mutate'
import { blockMedians, slopeOf } from '../survival/slope'
import { built, type IntakeProcess, memoryOf, spawnIntake } from './child'
import { eventually } from './eventually'
import { boundary, event, realProfile, tempDir, uploadBody } from './helpers'

const senders = 8
const queriesPerSecond = 5
const hostileShare = 0.01
/** Of the uploads, from a time that is past its retention. */
const expiredShare = 0.1
/** Of the whole: the first two lives end by SIGKILL, memory is measured in the last. */
const lives = [0.15, 0.15, 0.7]
/** Of the last life: caches fill, and the database takes what it may. */
const startShare = 0.3
const blocks = 20
const pageRows = 1_000
const dayMs = 86_400_000
const mebibyte = 1_048_576
const leak = join(__dirname, '../fixtures/intake-leak.cjs')
const questions = [
  'services',
  'flame-graph?q=service:shop-1',
  'top-functions?q=service:shop-2&value=wall&limit=100',
  'profiles?limit=100',
  'spans?q=service:shop-3',
]

export interface Soaked {
  uploads: number
  acknowledged: number
  queries: number
  hostile: number
  seconds: number
  /** MiB of both processes by which RSS rises in 1,000 uploads: estimate, and its lower bound. */
  per1000: { slope: number; lower: number }
  peakMebibytes: number
  answers: string
}

/**
 * Uploads as fast as they are answered, with questions beside them, retention on and 1 % of the bodies damaged; killed twice. No answer is an
 * error of the server, and all that was acknowledged and is not past its retention is found. `leakBytes` are kept of each request.
 */
export async function soak(t: TestContext, minutes: number, leakBytes = 0): Promise<Soaked> {
  const dir = tempDir(t)
  const random = randomFrom(Math.floor(Math.random() * 2 ** 32))
  const wall = await realProfile()
  const args = ['--log-level', 'fatal', '--retention', 'blobs=1,samples=1,spans=1,profiles=1']
  const program = leakBytes > 0 ? ['--require', leak, ...built] : built
  if (leakBytes > 0) process.env.LEAK_BYTES = String(leakBytes)
  const agent = new Agent({ keepAlive: true, maxSockets: senders + queriesPerSecond })
  atEnd(t, () => agent.destroy())
  const acknowledged = new Set<string>()
  const answers = new Map<string, number>()
  const startMs = Date.now() - 60_000
  let [uploads, queries, hostile] = [0, 0, 0]
  let intake: IntakeProcess
  let isOver = false

  const ask = (path: string, body?: Buffer) =>
    new Promise<{ status: number; text: string }>((resolve) => {
      const headers = body && { 'Content-Type': `multipart/form-data; boundary=${boundary}` }
      const sent = request(
        intake.url + path,
        { agent, method: body ? 'POST' : 'GET', ...(headers && { headers }) },
        (response) => {
          const status = response.statusCode ?? 0
          const closed = () => resolve({ status: -1, text: '' })
          text(response).then((answer) => resolve({ status, text: answer }), closed)
        },
      )
      // Killed, or a connection that was idle.
      sent.on('error', () => resolve({ status: -1, text: '' })).end(body)
    })
  const note = (what: string, status: number, text: string) => {
    const key = `${what} ${status < 0 ? 'closed' : status}`
    answers.set(key, (answers.get(key) ?? 0) + 1)
    const isRefused = what === 'upload' && status >= 400 && status < 500
    assert.ok([-1, 200, 202, 503, 507].includes(status) || isRefused, `${key} ${text}`)
  }
  const send = async () => {
    while (!isOver) {
      const n = uploads++
      const isExpired = random() < expiredShare
      const beginMs = isExpired ? startMs - 3 * dayMs : startMs
      const sent = event({
        start: new Date(beginMs).toISOString(),
        end: new Date(beginMs + n).toISOString(),
        tags_profiler: `service:shop-${n % 20},env:prod,version:1.${n % 3},host:h${n % 50},runtime-id:r${n % 50}`,
      })
      const body = uploadBody(sent, { 'wall.pprof': wall })
      const isHostile = random() < hostileShare
      if (isHostile) hostile++
      const { status, text } = await ask(
        '/profiling/v1/input',
        isHostile ? (random() < 0.5 ? mutate(body, random) : flip(body, random)) : body,
      )
      note('upload', status, text)
      if (status === 202 && !isHostile && !isExpired) acknowledged.add(JSON.parse(text).id)
      if (status !== 202) await wait(20)
    }
  }
  const query = async () => {
    while (!isOver) {
      const { status, text } = await ask(`/api/v1/${questions[queries++ % questions.length]}`)
      note('query', status, text)
      await wait(1_000 / queriesPerSecond)
    }
  }

  const began = performance.now()
  const memory: number[] = []
  let uploadsInLast = 0
  intake = await spawnIntake(t, dir, args, program)
  const working = [...Array.from({ length: senders }, send), query()]
  for (const [life, share] of lives.entries()) {
    if (life > 0) {
      assert.equal(await intake.end('SIGKILL'), 'SIGKILL')
      intake = await spawnIntake(t, dir, args, program)
    }
    const lifeMs = share * minutes * 60_000
    const isLast = life === lives.length - 1
    await wait(isLast ? lifeMs * startShare : lifeMs)
    const before = uploads
    const points = isLast ? Math.max(blocks, Math.floor((lifeMs * (1 - startShare)) / 500)) : 0
    for (let point = 0; point < points; point++) {
      memory.push(rssOf(intake))
      await wait((lifeMs * (1 - startShare)) / points)
    }
    uploadsInLast = uploads - before
  }
  isOver = true
  await Promise.all(working)
  const seconds = (performance.now() - began) / 1_000

  await eventually(async () => {
    const seen = new Set<string>()
    for (let rows = pageRows, offset = 0; rows === pageRows; offset += pageRows) {
      const { status, text } = await ask(
        `/api/v1/profiles?fromMs=${startMs}&limit=${pageRows}&offset=${offset}`,
      )
      assert.equal(status, 200, `offset ${offset} of ${acknowledged.size}: ${text}`)
      const page = JSON.parse(text) as ProfileInfo[]
      for (const { uploadId } of page) seen.add(uploadId)
      rows = page.length
    }
    return [...acknowledged].every((id) => seen.has(id)) ? true : undefined
  })
  const metrics = (await ask('/metrics')).text
  assert.doesNotMatch(metrics, /internal|storage_failed|store\.restarts/)
  assert.equal(await intake.end('SIGTERM'), 0)
  const { slope, lower } = slopeOf(blockMedians(memory, blocks))
  const per1000 = (1_000 * blocks) / uploadsInLast / mebibyte
  return {
    ...{ uploads, acknowledged: acknowledged.size, queries, hostile, seconds },
    per1000: { slope: slope * per1000, lower: lower * per1000 },
    peakMebibytes: Math.round(Math.max(...memory) / mebibyte),
    answers: [...answers].map(([answer, count]) => `${count} x ${answer}`).join(', '),
  }
}

/** Resident bytes of the intake and of the process of its store. */
function rssOf({ child }: IntakeProcess): number {
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'latin1').trim().split(' ')
  return [child.pid, ...children.map(Number)].reduce<number>(
    (total, pid) => total + memoryOf({ pid } as Parameters<typeof memoryOf>[0]).now,
    0,
  )
}
