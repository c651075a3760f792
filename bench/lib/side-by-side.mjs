import { setTimeout as delay } from 'node:timers/promises'
import { startChild } from './child.mjs'
import { loadService } from './service-load.mjs'

/** The agents have started and sent their first upload, 10 s after their start, before anything is measured. */
const leastAgeMs = 12_000

/**
 * Measures bench/work/spans-server.js in several variants whose processes all live at the same time and are asked in turns of seconds, every
 * round in another order: what the machine's host does beside comes and goes within minutes and would be taken for a variant's own, and two
 * processes of one variant differ by some percent for as long as they live, so there are several of each.
 * @param {string[]} names variants
 * @param {{node: string, copies: number, rounds: number, warmUpS: number}} options processes of each variant, turns of each process, load before
 * @param {(url: string, pid: number) => Promise<T>} measure one turn
 * @returns {Promise<Record<string, T[][]>>} by variant, for each process the turns in their order
 * @template T
 */
export async function sideBySide(names, { node, copies, rounds, warmUpS }, measure) {
  const services = await startServices(
    Array.from({ length: copies }, (_, copy) => inOrder(names, copy)).flat(),
    { node, warmUpS },
  )
  for (let round = 0; round < rounds; round++)
    for (const { url, child, turns } of inOrder(services, round)) turns.push(await measure(url, child.pid))
  await Promise.all(services.map(({ child }) => child.end()))
  const turnsOf = (name) =>
    services.filter((service) => service.name === name).map((service) => service.turns)
  return Object.fromEntries(names.map((name) => [name, turnsOf(name)]))
}

/** Starts a process of each name, loads each for `warmUpS`, and waits until all are old enough. */
export async function startServices(names, { node, warmUpS }) {
  const started = performance.now()
  const services = []
  for (const name of names) services.push(await startService(name, node))
  for (const { url } of services) await loadService(url, '/page/7', { duration: warmUpS })
  await delay(Math.max(0, started + leastAgeMs - performance.now()))
  return services
}

/** Forwards and backwards in turns, each pair of them beginning elsewhere: nobody is always behind the same neighbour. */
export function inOrder(items, round) {
  const first = ((round >> 1) * 5) % items.length
  const turned = [...items.slice(first), ...items.slice(0, first)]
  return round % 2 === 0 ? turned : turned.reverse()
}

async function startService(name, node) {
  const child = await startChild('bench/work/spans-server.js', { name, node, withTracing: true })
  const { url } = await child.report('listening')
  return { name, child, url, turns: [] }
}
