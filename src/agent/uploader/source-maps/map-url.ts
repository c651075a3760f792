import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FileFacts, readRange } from './regular-file'

const tailBytes = 64 * 1024

/** Where a script's source map is: in a file beside it, in the script itself, or nowhere that this machine can read. */
export type MapPlace =
  | { kind: 'file'; path: string }
  /** Base64 in the script, from byte `start` to byte `end`. */
  | { kind: 'inline'; start: number; end: number }
  | { kind: 'elsewhere' }

/**
 * What the comment `//# sourceMappingURL=` at the end of a script names (ECMA-426, section 11.1.2.1, without parsing): nothing but
 * comments and blanks may follow it. undefined where there is none in the last 64 KiB, or in what is as long as an inline map.
 * @param maxBytes of an inline map, in base64
 */
export function findMap(script: string, facts: FileFacts, maxBytes: number): MapPlace | undefined {
  const tailStart = Math.max(0, facts.bytes - tailBytes)
  const tail = readRange(script, tailStart, facts.bytes)
  if (!tail) return undefined
  const comment = lastComment(tail, tailStart === 0)
  if (comment === 'cut') return findInline(script, facts, maxBytes)
  if (comment === undefined) return undefined
  const url = tail.toString('utf8', comment.start, comment.end)
  if (!url.startsWith('data:')) return placeOf(url, script)
  return inlineAt(url, tailStart + comment.start, tailStart + comment.end)
}

const marker = 'sourceMappingURL='

/** The URL's range in the tail; 'cut' where the last line is base64 and longer than the tail. */
function lastComment(tail: Buffer, isWhole: boolean): { start: number; end: number } | 'cut' | undefined {
  for (let end = tail.length; end > 0; ) {
    const newline = tail.lastIndexOf(0x0a, end - 1)
    const start = newline + 1
    const line = tail.toString('latin1', start, end)
    const found = /^[ \t]*\/\/[#@][ \t]+sourceMappingURL=([^\s'"]+)[ \t\r]*$/.exec(line)
    if (found) {
      const at = start + line.indexOf(marker) + marker.length
      return { start: at, end: at + (found[1] as string).length }
    }
    if (newline < 0 && !isWhole && /^[A-Za-z0-9+/]+=*\s*$/.test(line)) return 'cut'
    if (!/^\s*(?:\/\/.*)?$/.test(line)) return undefined
    end = newline
  }
  return undefined
}

/** Goes back through the base64 of an inline map to the comment that it belongs to. */
function findInline(script: string, facts: FileFacts, maxBytes: number): MapPlace | undefined {
  const lowest = Math.max(0, facts.bytes - maxBytes - tailBytes)
  for (let end = facts.bytes - tailBytes; end > lowest; ) {
    // Overlapping, so that the head of the URL is not cut in two.
    const start = Math.max(lowest, end - tailBytes)
    const chunk = readRange(script, start, end + 256)
    if (!chunk) return undefined
    const at = chunk.lastIndexOf(marker)
    if (at >= 0) {
      const from = at + marker.length
      return inlineAt(chunk.toString('latin1', from, from + 128), start + from, facts.bytes)
    }
    if (!/^[A-Za-z0-9+/=\s]*$/.test(chunk.toString('latin1'))) return undefined
    end = start
  }
  return undefined
}

function inlineAt(url: string, start: number, end: number): MapPlace {
  const head = /^data:application\/json[^,]{0,64};base64,/.exec(url)
  return head ? { kind: 'inline', start: start + head[0].length, end } : { kind: 'elsewhere' }
}

function placeOf(url: string, script: string): MapPlace {
  try {
    if (url.startsWith('file:')) return { kind: 'file', path: fileURLToPath(url) }
    if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(url)) return { kind: 'elsewhere' }
    return { kind: 'file', path: resolve(dirname(script), decodeURIComponent(url.replace(/[?#].*$/, ''))) }
  } catch {
    return { kind: 'elsewhere' }
  }
}
