import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'

const ticksPerSecond = 100
const busyCpus = 0.1

/** What all CPUs have done since the machine started, in seconds: worked, and been given to others by the machine's host (proc(5), /proc/stat). */
function cpuSeconds() {
  const [, user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .split(/ +/)
    .map((ticks) => Number(ticks) / ticksPerSecond)
  return { busy: user + nice + system + irq + softirq, stolen: steal }
}

/** Begins to count; the function returned tells CPUs of each kind since then. */
export function watchCpus() {
  const [before, startedMs] = [cpuSeconds(), performance.now()]
  return () => {
    const [after, seconds] = [cpuSeconds(), (performance.now() - startedMs) / 1_000]
    return { busy: (after.busy - before.busy) / seconds, stolen: (after.stolen - before.stolen) / seconds }
  }
}

/** CPUs that the machine works with while this process only waits. */
async function othersCpus() {
  const since = watchCpus()
  await delay(2_000)
  return since().busy
}

/**
 * Watches a run: what else the machine had to do before and after it, and what its host gave to others meanwhile.
 * @returns {Promise<() => Promise<string[]>>} to be called at its end; lines for the report's head
 */
export async function watchMachine(node, what) {
  const before = await othersCpus()
  const since = watchCpus()
  return async () => {
    const { stolen } = since()
    const others = Math.max(before, await othersCpus())
    const lines = [
      `Node ${node}, ${cpus().length} x ${cpus()[0].model.trim()}, ${new Date().toISOString().slice(0, 10)}, ${what}.`,
    ]
    if (others > busyCpus || stolen > busyCpus)
      lines.push(
        `**The machine was busy**: ${others.toFixed(1)} CPUs of other work before or after the run, ${stolen.toFixed(1)} CPUs taken away by its host during it. Read ratios within a row.`,
      )
    return lines
  }
}
