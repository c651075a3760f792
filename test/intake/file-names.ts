import { createHash } from 'node:crypto'

const plainFiles = new Set(['wall.pprof', 'space.pprof', 'events.pprof', 'profile.pprof'])

/** File for an attachment: the few usual names as they are, a hash for any other. What a client sends is never part of a path. */
export function fileFor(name: string): string {
  if (plainFiles.has(name)) return name
  return `${sha256(name).slice(0, 32)}${name.endsWith('.pprof') ? '.pprof' : '.bin'}`
}

/** Start of a directory's name, for the eye: the service where it is plain, a hash otherwise. */
export function slugFor(service: string): string {
  return /^[a-z0-9][a-z0-9_-]{0,39}$/i.test(service)
    ? service.toLowerCase()
    : `x${sha256(service).slice(0, 12)}`
}

/** SHA-256 in hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}
