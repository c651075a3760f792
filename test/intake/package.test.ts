import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { spawnIntake } from './child'

// What `npx @acme/profiler-intake` gets: packed, unpacked, and started by its command.

const root = join(__dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-intake-package-'))
after(() => rmSync(folder, { recursive: true }))

test('the package of the intake starts, answers, and ends', async (t) => {
  const [pack] = JSON.parse(
    execFileSync('npm', ['pack', '-w', 'src/intake', '--json', '--pack-destination', folder], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).replace(/^[^[]*/, ''),
  )
  const files: string[] = pack.files.map(({ path }: { path: string }) => path)
  assert.deepEqual(
    files.filter((path) => !/^(package\.json|dist\/(intake|pprof|explorer)\/.*)$/.test(path)),
    [],
  )
  execFileSync('tar', ['-xf', join(folder, pack.filename), '-C', folder])
  // Its dependencies as they are installed here: what is tested is what we pack.
  symlinkSync(join(root, 'node_modules'), join(folder, 'package/node_modules'))

  const command = [join(folder, 'package/dist/intake/main.js')]
  const { url, end } = await spawnIntake(t, join(folder, 'store'), [], command)
  const answer = await fetch(`${url}/healthz`)
  assert.equal(answer.status, 200)
  await answer.text()
  const page = await fetch(url)
  assert.match(await page.text(), /<script/)
  assert.equal(await end('SIGTERM'), 0)
})
