import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Config } from '../config'

/** What the machine and the file system know about this process. Everything but the paths may be missing. */
export interface ProcessFacts {
  /** Value of DD_SERVICE where that is not set: the application's package name or main file. */
  service: string
  containerId: string | undefined
  entityId: string | undefined
  commitSha: string | undefined
  repositoryUrl: string | undefined
}

type ReadText = (path: string) => string | undefined

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Reads them. Never throws. */
export function readProcessFacts(
  config: Config,
  mainScript: string,
  cwd: string,
  read: ReadText = readText,
): ProcessFacts {
  const cgroup = read('/proc/self/cgroup') ?? ''
  const containerId = findContainerId(cgroup)
  return {
    service: serviceName(mainScript, cwd, read),
    containerId,
    entityId: containerId === undefined ? cgroupInode(cgroup) : `ci-${containerId}`,
    commitSha: config.git.enabled ? (config.git.commitSha ?? headSha(cwd, read)) : undefined,
    repositoryUrl: config.git.enabled
      ? withoutUser(config.git.repositoryUrl ?? originUrl(cwd, read))
      : undefined,
  }
}

// The forms that Datadog's agent knows: Kubernetes and Docker, Fargate, Cloud Foundry.
const entity = new RegExp(
  '(?:^|/)[^/\\r\\n]*?([0-9a-f]{64}|[0-9a-f]{32}-\\d+|' +
    '[0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{8}(?:-[0-9a-f]{4}){4}$)(?:\\.scope)?$',
  'm',
)

/** The container's id in the text of /proc/self/cgroup. */
export function findContainerId(cgroup: string): string | undefined {
  return entity.exec(cgroup.trim())?.[1]
}

function cgroupInode(cgroup: string): string | undefined {
  const path = /^\d+:[^:]*:(.+)$/m.exec(cgroup)?.[1]
  // The root is every process's, and names no container.
  if (path === undefined || path === '/') return undefined
  try {
    return `in-${statSync(join('/sys/fs/cgroup', path)).ino}`
  } catch {
    return undefined
  }
}

function serviceName(mainScript: string, cwd: string, read: ReadText): string {
  for (const start of [dirname(mainScript), cwd]) {
    for (let directory = start, up = ''; directory !== up; up = directory, directory = dirname(directory)) {
      const name = packageName(read(join(directory, 'package.json')))
      if (name) return name
    }
  }
  const file = mainScript.split(/[\\/]/).pop() ?? ''
  return file.replace(/\.[cm]?[jt]sx?$/, '') || 'node'
}

function packageName(json: string | undefined): string | undefined {
  if (json === undefined) return undefined
  try {
    const { name } = JSON.parse(json) as { name?: unknown }
    return typeof name === 'string' ? name : undefined
  } catch {
    return undefined
  }
}

/** The commit that .git/HEAD of `directory` names, loose or packed. */
export function headSha(directory: string, read: ReadText = readText): string | undefined {
  const head = read(join(directory, '.git', 'HEAD'))?.trim()
  const sha = /^[0-9a-f]{40,64}$/
  if (head === undefined || sha.test(head)) return head
  const ref = /^ref: (refs\/[\w./-]+)$/.exec(head)?.[1]
  if (ref === undefined || ref.includes('..')) return undefined
  const loose = read(join(directory, '.git', ref))?.trim()
  if (loose !== undefined) return sha.test(loose) ? loose : undefined
  const packed = read(join(directory, '.git', 'packed-refs')) ?? ''
  const line = packed.split('\n').find((candidate) => candidate.endsWith(` ${ref}`))
  return line?.split(' ')[0]
}

function originUrl(directory: string, read: ReadText): string | undefined {
  const config = read(join(directory, '.git', 'config')) ?? ''
  const section = /^\[remote "origin"\]\s*$([^[]*)/m.exec(config)?.[1]
  return section && /^\s*url\s*=\s*(\S+)/m.exec(section)?.[1]
}

// https://user:token@host/... would leave the machine with its token.
function withoutUser(url: string | undefined): string | undefined {
  return url?.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1')
}
