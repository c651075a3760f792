import { type ExecFileException, execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { startReceiver } from '../accuracy/receiver'

const root = join(__dirname, '../..')

export const node = (line: string) => join(root, `node_modules/node-${line}/bin/node`)

/** Reason to skip tests on a line of Node, false if there is none. */
export const absent = (line: string) =>
  existsSync(node(line)) ? false : `node_modules/node-${line} is not installed`

export interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** An application's folder with the package in its node_modules, as npm would leave it. Removed after the tests. */
export class Installation {
  readonly folder = mkdtempSync(join(tmpdir(), 'acme-profiler-installed-'))

  /** @param parts `addon` false: without any native file, as on a platform that has none */
  constructor({ addon }: { addon: boolean }) {
    writeFileSync(join(this.folder, 'package.json'), '{ "private": true }')
    this.copy('@acme/profiler', addon)
    this.link('node-gyp-build')
    after(() => rmSync(this.folder, { recursive: true }))
  }

  /** One more copy of the package. */
  copy(name: string, addon: boolean): void {
    const target = join(this.folder, 'node_modules', name)
    mkdirSync(target, { recursive: true })
    cpSync(join(root, 'package.json'), join(target, 'package.json'))
    cpSync(join(root, 'dist'), join(target, 'dist'), { recursive: true })
    if (!addon) return
    mkdirSync(join(target, 'native'))
    symlinkSync(join(root, 'native/prebuilds'), join(target, 'native/prebuilds'))
  }

  /** Installs what the repository has in its node_modules. */
  link(name: string, as = name): void {
    const path = join(this.folder, 'node_modules', as)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), path)
  }

  write(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text)
  }

  /** Runs a program of the application to its end, with a receiver for its uploads. */
  async runUploading(line: string, args: string[], env: Record<string, string> = {}) {
    const receiver = await startReceiver()
    const ended = await this.run(line, args, {
      DD_TRACE_AGENT_URL: receiver.url,
      // A loaded machine needs more than the 2 s of the default.
      ACME_PROFILING_SHUTDOWN_TIMEOUT: '20000',
      ...env,
    })
    receiver.close()
    return { ...ended, uploads: receiver.uploads }
  }

  /** Runs a program of the application to its end. Rejects where a signal ended it. */
  run(line: string, args: string[], env: Record<string, string> = {}): Promise<Ended> {
    const options = {
      cwd: this.folder,
      env: {
        PATH: process.env.PATH ?? '',
        DD_TRACE_AGENT_URL: 'http://127.0.0.1:9',
        ACME_PROFILING_SPOOL_MAX_BYTES: '0',
        DD_PROFILING_DEBUG_UPLOAD_COMPRESSION: 'gzip',
        ...env,
      },
    }
    return new Promise((resolve, reject) => {
      execFile(node(line), args, options, (error: ExecFileException | null, stdout, stderr) => {
        const code = error === null ? 0 : error.code
        if (typeof code === 'number') resolve({ code, stdout, stderr })
        else reject(new Error(`${args.join(' ')} ended with ${error?.signal ?? code}\n${stdout}${stderr}`))
      })
    })
  }
}
