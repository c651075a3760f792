import { connect } from 'node:net'
import { pace } from './pace'

const connections = 100
const endOfHead = Buffer.from('\r\n\r\n')

/**
 * Asks for `path` again and again, `perSecond` times a second, spread evenly; autocannon would send the share of each second at once, as fast
 * as the service answers. A request that is due while all connections wait for an answer waits too, and its latency has that in it.
 * @returns the latency of each request from when it was due, milliseconds; rejects if one was not answered with 200
 */
export function steadyLoad(
  url: string,
  path: string,
  rate: { perSecond: number; seconds: number },
): Promise<number[]> {
  const { hostname, port } = new URL(url)
  const request = `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`
  const total = Math.round(rate.perSecond * rate.seconds)
  const latenciesMs: number[] = []
  const waitingDueMs: number[] = []
  return new Promise((resolve, reject) => {
    const all = Array.from({ length: connections }, () => new Connection(hostname, port, onAnswer, fail))
    const idle = [...all]
    void pace(rate, (dueMs) => {
      waitingDueMs.push(dueMs)
      send()
    })

    function send() {
      while (waitingDueMs.length > 0 && idle.length > 0)
        idle.pop()?.ask(request, waitingDueMs.shift() as number)
    }
    function onAnswer(connection: Connection, dueMs: number) {
      latenciesMs.push(performance.now() - dueMs)
      idle.push(connection)
      send()
      if (latenciesMs.length < total) return
      end()
      resolve(latenciesMs)
    }
    function fail(error: Error) {
      end()
      reject(error)
    }
    function end() {
      idle.length = 0
      for (const connection of all) connection.destroy()
    }
  })
}

/** A kept connection with one request at a time: what autocannon's client does, without its bookkeeping. */
class Connection {
  readonly #socket
  readonly #onAnswer
  readonly #fail
  #dueMs = 0
  #head: Buffer = Buffer.alloc(0)
  /** Bytes of the answer; undefined until its head is there. */
  #missing: number | undefined

  constructor(
    host: string,
    port: string,
    onAnswer: (connection: Connection, dueMs: number) => void,
    fail: (error: Error) => void,
  ) {
    this.#onAnswer = onAnswer
    this.#fail = fail
    this.#socket = connect({ host, port: Number(port), noDelay: true })
    this.#socket.on('data', (bytes) => this.#read(bytes))
    this.#socket.on('error', fail)
    this.#socket.on('close', () => fail(new Error('the service closed a connection')))
  }

  ask(request: string, dueMs: number): void {
    this.#dueMs = dueMs
    this.#missing = undefined
    this.#head = Buffer.alloc(0)
    this.#socket.write(request)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #read(bytes: Buffer): void {
    if (this.#missing === undefined) {
      this.#head = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes])
      const end = this.#head.indexOf(endOfHead)
      if (end < 0) return
      const text = this.#head.toString('latin1', 0, end)
      const length = /^content-length: *(\d+)/im.exec(text)?.[1]
      if (!text.startsWith('HTTP/1.1 200 ') || length === undefined)
        return void this.#fail(new Error(`a request was answered with ${text.split('\r\n', 1)[0]}`))
      this.#missing = Number(length) - (this.#head.length - end - endOfHead.length)
    } else this.#missing -= bytes.length
    if (this.#missing === 0) this.#onAnswer(this, this.#dueMs)
  }
}
