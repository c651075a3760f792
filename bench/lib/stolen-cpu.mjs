import { readFileSync } from 'node:fs'

/**
 * Begins to count what the host of a virtual machine gives to others while this one wants to run (`steal` of proc(5), /proc/stat);
 * the function returned tells it since then, as a number of CPUs. Figures taken while it is above a tenth are figures of the host too.
 */
export function stolenCpus() {
  const ticks = () => Number(readFileSync('/proc/stat', 'utf8').split('\n', 1)[0].split(/ +/)[8])
  const [before, startedMs] = [ticks(), performance.now()]
  return () => ((ticks() - before) * 10) / (performance.now() - startedMs)
}
