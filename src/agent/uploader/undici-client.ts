import type { Client as UndiciClient } from 'undici'

/**
 * undici's HTTP/1.1 client by itself: the whole package adds fetch, WebSocket and HTTP/2 to every process that is profiled. In dist this file
 * is a bundle that holds the client, made by bundle-undici.mjs, so that undici need not be installed.
 */
export const Client = require('undici/lib/dispatcher/client.js') as typeof UndiciClient
