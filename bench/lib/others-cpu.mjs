import { readFileSync } from 'node:fs'
import { cpuMs } from './process-cost.mjs'

/** Milliseconds of CPU that the whole machine has worked. */
function busyMs() {
  const [, user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .split(/ +/)
    .map(Number)
  return (user + nice + system + irq + softirq) * 10
}

/** Begins to count the work of processes other than `pids`; the function returned tells it since then, as a number of CPUs. */
export function othersCpus(pids) {
  const others = () => busyMs() - pids.reduce((sum, pid) => sum + cpuMs(pid), 0)
  const [before, startedMs] = [others(), performance.now()]
  return () => (others() - before) / (performance.now() - startedMs)
}
