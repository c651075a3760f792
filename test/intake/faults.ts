import * as fs from 'node:fs/promises'
import type { FileOps } from '../../src/intake/wal/files'

/** Called before each operation of the store, with its name and path; may throw. */
export type Before = (operation: string, path: string) => void

/** The real file operations, each announced to `before`; those of an open file as `file.writeFile` and so on. */
export function watchedOps(before: Before): FileOps {
  const watch = <T extends object>(target: T, prefix: string, knownPath?: string): T =>
    new Proxy(target, {
      get(of, key) {
        const member = Reflect.get(of, key)
        if (typeof member !== 'function') return member
        return async (...args: unknown[]) => {
          const path = knownPath ?? String(args[0])
          // A close that fails closes nevertheless.
          const closed = key === 'close' && (await member.apply(of, args))
          before(`${prefix}${String(key)}`, path)
          if (key === 'close') return closed
          const result = await member.apply(of, args)
          return key === 'open' ? watch(result as fs.FileHandle, 'file.', path) : result
        }
      },
    })
  return watch({ ...fs } as FileOps, '')
}

/** An error of the file system. */
export function fileError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: fault put in by a test`), { code })
}
