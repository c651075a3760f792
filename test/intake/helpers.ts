import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { encode, time } from '@datadog/pprof'
import { type Intake, type IntakeOptions, startIntake } from '../../src/intake/server'
import type { UploadEvent } from '../../src/pprof/upload'
import { atEnd } from '../helpers/at-end'
import { FileSink, type Manifest } from './file-sink'

export function tempDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'acme-intake-'))
  atEnd(t, () => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** An intake on a free port and in a directory of its own, both gone after the test. */
export async function intakeFor(
  t: TestContext,
  options: Partial<IntakeOptions> & { dir?: string } = {},
): Promise<Intake & { dir: string }> {
  const { dir = tempDir(t), ...rest } = options
  const intake = await startIntake({ port: 0, sink: new FileSink(dir), ...rest })
  atEnd(t, () => intake.close())
  return { ...intake, dir }
}

let profileBytes: Promise<Buffer> | undefined

/** A wall profile of this process as @datadog/pprof makes and compresses it. */
export function realProfile(): Promise<Buffer> {
  profileBytes ??= (async () => {
    time.start({ durationMillis: 1_000, intervalMicros: 1_000 })
    for (let n = 0; n < 20; n++) JSON.parse(JSON.stringify(process.report?.getReport() ?? {}))
    return encode(time.stop())
  })()
  return profileBytes
}

/** An event for one wall profile. */
export function event(changes: Record<string, unknown> = {}): UploadEvent {
  return {
    attachments: ['wall.pprof'],
    start: '2026-11-22T00:32:21.929Z',
    end: '2026-11-22T00:32:26.995Z',
    family: 'node',
    version: '4',
    tags_profiler: 'service:shop,env:prod,version:1.2.3,runtime-id:22c90aa0-0000-4000-8000-000000000000',
    endpoint_counts: { 'GET /a/:id': 870 },
    ...changes,
  }
}

export interface SentPart {
  /** Header block without its end. */
  head: string
  bytes: string | Uint8Array
}

export function filePart(name: string, bytes: string | Uint8Array, field = name): SentPart {
  const type = name.endsWith('.json') ? 'application/json' : 'application/octet-stream'
  const disposition = `form-data; name="${field}"; filename="${name}"`
  return { head: `Content-Disposition: ${disposition}\r\nContent-Type: ${type}`, bytes }
}

export const boundary = '7c70a70e7b8200da'

/** A multipart body as dd-trace writes it. */
export function multipart(parts: readonly SentPart[], separator = boundary): Buffer {
  const pieces: Uint8Array[] = []
  for (const { head, bytes } of parts) {
    pieces.push(
      Buffer.from(`--${separator}\r\n${head}\r\n\r\n`),
      Buffer.from(bytes as string),
      Buffer.from('\r\n'),
    )
  }
  return Buffer.concat([...pieces, Buffer.from(`--${separator}--\r\n`)])
}

/** An upload of one event and its attachments. */
export function uploadBody(sent: unknown, attachments: Record<string, Uint8Array>): Buffer {
  const parts = Object.entries(attachments).map(([name, bytes]) => filePart(name, bytes))
  const text = typeof sent === 'string' ? sent : JSON.stringify(sent)
  return multipart([filePart('event.json', text, 'event'), ...parts])
}

export interface Answer {
  status: number
  code?: string
  message?: string
  id?: string
  rejected?: { code: string; message: string; items: number }[]
}

/** Posts a body and reads the answer. */
export async function post(
  intake: Intake,
  body: RequestInit['body'],
  headers: Record<string, string> = {},
  path = '/profiling/v1/input',
): Promise<Answer> {
  const type = `multipart/form-data; boundary=${boundary}`
  const init = { method: 'POST', body, headers: { 'Content-Type': type, ...headers }, duplex: 'half' }
  const response = await fetch(intake.url + path, init as RequestInit)
  return { status: response.status, ...((await response.json()) as object) }
}

/** Sends bytes over a socket, in the given pieces, and returns all that came back once the other side has closed. */
export function rawExchange(url: string, pieces: readonly (string | Uint8Array)[]): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const received: Buffer[] = []
    const socket = connect(Number(port), hostname)
    socket.on('connect', () => {
      for (const piece of pieces) socket.write(piece)
    })
    socket.on('data', (chunk) => received.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => resolve(Buffer.concat(received).toString('latin1')))
  })
}

/** A raw upload request that asks for the connection to be closed. */
export function rawUpload(body: Uint8Array, head: string = `Content-Length: ${body.length}`): Buffer {
  const type = `Content-Type: multipart/form-data; boundary=${boundary}`
  const lines = ['POST /profiling/v1/input HTTP/1.1', 'Host: localhost', 'Connection: close', type, head]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body])
}

/** Status of the first answer in what came back over a socket; undefined when the connection was closed without one. */
export function statusOf(received: string): number | undefined {
  const match = /^HTTP\/1\.1 (\d{3}) /.exec(received)
  return match ? Number(match[1]) : undefined
}

/** Ids of all uploads that can be seen in a store, each of them checked to be whole. */
export function storedIds(dir: string): string[] {
  const days = readdirSync(dir).filter((name) => name !== 'tmp' && name !== 'spans.jsonl')
  return days
    .flatMap((day) => readdirSync(join(dir, day)).map((name) => `${day}/${name}`))
    .filter((id) => readStored(dir, id))
}

/** Files of one stored upload by the name the client gave them. Fails where a file is not what the manifest says. */
export function readStored(dir: string, id: string): Map<string, Buffer> {
  const path = join(dir, id)
  const manifest = JSON.parse(readFileSync(join(path, 'files.json'), 'utf8')) as Manifest
  const contents = new Map<string, Buffer>()
  for (const { name, file, bytes, sha256 } of manifest.files) {
    const content = readFileSync(join(path, file))
    assert.equal(content.length, bytes)
    assert.equal(createHash('sha256').update(content).digest('hex'), sha256)
    contents.set(name, content)
  }
  const expected = ['files.json', ...manifest.files.map(({ file }) => file)].sort()
  assert.deepEqual(readdirSync(path).sort(), expected)
  return contents
}
