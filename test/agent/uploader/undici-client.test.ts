import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { copyFileSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { folder } from './harness'

const root = join(__dirname, '../../..')
const bundle = join(root, 'dist/agent/uploader/undici-client.js')
const fixture = (name: string) => join(root, 'test/fixtures', name)

test('the bundle holds undici’s license, and is small', () => {
  assert.match(
    readFileSync(bundle, 'utf8').slice(0, 2_000),
    /MIT License[\s\S]*Matteo Collina and Undici contributors/,
  )
  assert.ok(statSync(bundle).size < 200_000)
})

for (const [host, expected] of [
  ['localhost', '202'],
  ['127.0.0.1', 'ERR_TLS_CERT_ALTNAME_INVALID'],
]) {
  test(`alone in an empty folder it uploads over TLS to ${host}: ${expected}`, async (t) => {
    const dir = folder(t)
    copyFileSync(bundle, join(dir, 'client.js'))
    const key = readFileSync(fixture('localhost-key.pem'))
    const server = createServer(
      { key, cert: readFileSync(fixture('localhost-cert.pem')) },
      (request, response) => {
        request.resume().on('end', () => response.writeHead(202).end())
      },
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    const { port } = server.address() as AddressInfo
    const program = `
      const { Client } = require('./client.js')
      const client = new Client('https://${host}:${port}')
      client.dispatch({ method: 'POST', path: '/', body: Buffer.alloc(100_000) }, {
        onRequestStart() {},
        onResponseStart(_, status) { console.log(status) },
        onResponseData() {},
        onResponseEnd() { client.close() },
        onResponseError(_, error) { console.log(error.code); client.destroy() },
      })`
    const env = { NODE_EXTRA_CA_CERTS: fixture('localhost-cert.pem') }
    const child = spawn(process.execPath, ['-e', program], {
      cwd: dir,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const chunks = await child.stdout.toArray()
    assert.equal(String(Buffer.concat(chunks)).trim(), expected)
  })
}
