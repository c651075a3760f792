import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { CodedError, errors } from '../pprof/errors'
import type { Reply } from './receive/protocol'

/** Where the views of the explorer are: each is the same page, which looks at its address. A `*` is the start of several. */
export const views = [
  '/',
  '/explore',
  '/compare',
  '/endpoints',
  '/traces',
  '/trace/*',
  '/functions',
  '/profiles',
  '/open',
] as const

/** Below here is what the page loads. Their names change with their contents. */
export const assets = '/assets/'

/** Where the build puts the page, seen from here and from what is compiled of it. */
const builtDir = join(__dirname, '../../dist/explorer')

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Names in profiles come from strangers: should one ever become markup, nothing of it may run, load or be sent anywhere. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  // Made once, by workers/start.ts, for the addresses of our two workers.
  'trusted-types explorer-workers',
].join('; ')

interface StaticFile {
  bytes: Buffer
  gzipped: Buffer
  contentType: string
  etag: string
}

/** The explorer's page, read once. */
export class Page {
  readonly #files = new Map<string, StaticFile>()

  constructor(dir: string = builtDir) {
    for (const path of filesBelow(dir)) {
      const bytes = readFileSync(join(dir, path))
      const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
      const contentType = types[extname(path)] ?? 'application/octet-stream'
      this.#files.set(path, { bytes, gzipped: gzipSync(bytes, { level: 9 }), contentType, etag })
    }
  }

  /** The page itself. Throws CodedError not_found where it was not built. */
  view(headers: IncomingHttpHeaders): Reply {
    return this.#reply('index.html', headers, {
      'Cache-Control': 'no-cache',
      'Content-Security-Policy': policy,
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Referrer-Policy': 'no-referrer',
    })
  }

  /** The page where there is no such view: it says so itself. Throws as `view`. */
  missing({ 'if-none-match': _known, ...headers }: IncomingHttpHeaders): Reply {
    return { ...this.view(headers), status: errors.route_unknown.status }
  }

  /** What the page loads, by its whole path: one that was not built is not there, whatever lies on the disk. */
  asset(path: string, headers: IncomingHttpHeaders): Reply {
    return this.#reply(path.slice(1), headers, {
      'Cache-Control': 'public, max-age=31536000, immutable',
      // Of a worker: it gets what it reads from the page, and loads and sends nothing.
      'Content-Security-Policy': "default-src 'none'",
    })
  }

  #reply(name: string, headers: IncomingHttpHeaders, own: Readonly<Record<string, string>>): Reply {
    const file = this.#files.get(name)
    if (file === undefined) throw new CodedError('not_found', { what: 'page', id: name })
    const { contentType, etag } = file
    const common = { ...own, ETag: etag, Vary: 'Accept-Encoding' }
    if (headers['if-none-match'] === etag)
      return { status: 304, body: Buffer.alloc(0), contentType, headers: common }
    const isZipped = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''))
    return isZipped
      ? { status: 200, body: file.gzipped, contentType, headers: { ...common, 'Content-Encoding': 'gzip' } }
      : { status: 200, body: file.bytes, contentType, headers: common }
  }
}

/** Paths of all files with slashes; none where there is no such directory. */
function filesBelow(dir: string): string[] {
  try {
    return readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(dir.length + 1)
          .replaceAll('\\', '/'),
      )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
