import { readFileSync, readlinkSync } from 'node:fs'

/** Names a process for ever: PID namespace, process id and its start time, because ids are used again. */
export function ownerOf(pid: number): string {
  return `${pidNamespace()}.${pid}.${startTicks(pid) ?? 0}`
}

/**
 * Whether the process of that name lives. Containers may share a directory: of a process in another one nothing is known but the age of its
 * file, and `elsewhere` says what that tells.
 */
export function isAlive(owner: string, elsewhere: () => boolean): boolean {
  const [namespace, pidText, start] = owner.split('.')
  const pid = Number(pidText)
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  if (namespace !== pidNamespace()) return elsewhere()
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return String(startTicks(pid) ?? 0) === start
}

function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  } catch {
    return '0'
  }
}

function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The second field, the name, may hold blanks and brackets.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
