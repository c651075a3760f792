import { existsSync } from 'node:fs'
import type { Config } from '../config'

/** Where uploads go. */
export interface Target {
  /** `http://host:port` or `https://host:port`; `http://localhost` where a socket is used. */
  origin: string
  path: string
  /** Unix socket or Windows pipe. */
  socketPath: string | undefined
  apiKey: string | undefined
  /** For messages: without user name and password. */
  name: string
}

const defaultSocket = '/var/run/datadog/apm.socket'
const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * Resolves the address as Datadog's clients do: agentless, else DD_TRACE_AGENT_URL or host and port, else the agent's socket if it
 * exists, else 127.0.0.1:8126. The API key goes only where nobody on the network can read it.
 */
export function findTarget(config: Config, exists: (path: string) => boolean = existsSync): Target {
  if (config.agentless) {
    const origin = `https://intake.profile.${config.site}`
    return { origin, path: '/api/v2/profile', socketPath: undefined, apiKey: config.apiKey, name: origin }
  }
  const fallback = exists(defaultSocket) ? `unix://${defaultSocket}` : 'http://127.0.0.1:8126'
  const url = new URL(config.agentUrl ?? fallback)
  const input = '/profiling/v1/input'
  if (url.protocol === 'unix:') {
    // `unix://./pipe/x` names a Windows pipe: what follows the scheme is the path.
    const socketPath = decodeURIComponent(url.host === '' ? url.pathname : `//${url.host}${url.pathname}`)
    return {
      origin: 'http://localhost',
      path: input,
      socketPath,
      apiKey: config.apiKey,
      name: `unix:${socketPath}`,
    }
  }
  const isPrivate = url.protocol === 'https:' || loopback.test(url.hostname)
  const path = url.pathname.replace(/\/+$/, '') + input
  return {
    origin: url.origin,
    path,
    socketPath: undefined,
    apiKey: isPrivate ? config.apiKey : undefined,
    name: url.origin,
  }
}
