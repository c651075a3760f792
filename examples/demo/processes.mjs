import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const listenWithinMs = 60_000

/** A TCP port that was free a moment ago, of those that the system gives to nobody who asks for any: a process that is started anew gets it again. */
export async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}

/** Starts `node ...args`; output is passed on with `name` in front. Ctrl+C in the terminal does not reach it: who started it ends it, in order. */
export function start(name, args, env) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream
      .setEncoding('utf8')
      .on('data', (text) => process.stderr.write(text.replace(/^(?=.)/gm, `[${name}] `)))
  }
  return child
}

/** Resolves when the port answers; throws when the process ends first, or after a time that no machine needs. */
export async function listening(child, port) {
  const deadline = Date.now() + listenWithinMs
  while (!(await answers(port))) {
    const ending = child.exitCode ?? child.signalCode
    if (ending !== null) throw new Error(`process ended with ${ending} before it listened on ${port}`)
    if (Date.now() > deadline) throw new Error(`nothing listens on ${port} after ${listenWithinMs} ms`)
    await delay(50)
  }
}

const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

/** SIGTERM, and SIGKILL after `timeoutMs`. Resolves with `[exitCode, signal]`. */
export async function end(child, timeoutMs) {
  if (child.exitCode !== null || child.signalCode !== null) return [child.exitCode, child.signalCode]
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  const result = await ended
  clearTimeout(timer)
  return result
}
