import { cpus } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { othersCpus } from './others-cpu.mjs'
import { stolenCpus } from './stolen-cpu.mjs'

const busyCpus = 0.1

/** CPUs that the machine works with while this process only waits, over two seconds. */
async function otherWork() {
  const othersSince = othersCpus([process.pid])
  await delay(2_000)
  return othersSince()
}

/**
 * Watches a run: what else the machine had to do before and after it, and what its host gave to others meanwhile.
 * @returns {Promise<() => Promise<string[]>>} to be called at its end; lines for the report's head
 */
export async function watchMachine(node, kind) {
  const before = await otherWork()
  const stolenSince = stolenCpus()
  return async () => {
    const stolen = stolenSince()
    const others = Math.max(before, await otherWork())
    const lines = [
      `Node ${node}, ${cpus().length} x ${cpus()[0].model.trim()}, ${new Date().toISOString().slice(0, 10)}, ${kind} run of \`npm run bench\`. Medians; with three rounds or more, their 95 % interval.`,
    ]
    if (others > busyCpus || stolen > busyCpus)
      lines.push(
        `**The machine was busy**: ${others.toFixed(1)} CPUs of other work before or after the run, ${stolen.toFixed(1)} CPUs taken away by its host during it. Read ratios within a row.`,
      )
    return lines
  }
}
