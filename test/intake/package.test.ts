import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

// What `npx @acme/profiler-intake` gets: packed, unpacked, and started by its command.

const root = join(__dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-intake-package-'))
after(() => rmSync(folder, { recursive: true }))

test('the package of the intake starts, answers, and ends', async () => {
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

  const intake = spawn(
    process.execPath,
    [join(folder, 'package/dist/intake/main.js'), '--port', '0', '--dir', join(folder, 'store')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [line] = await once(intake.stdout.setEncoding('utf8'), 'data')
  const url = /http:\/\/\S+\d/.exec(line)?.[0] ?? assert.fail(line)
  const answer = await fetch(`${url}/healthz`)
  assert.equal(answer.status, 200)
  await answer.text()
  const page = await fetch(url)
  assert.match(await page.text(), /<script/)
  intake.kill('SIGTERM')
  assert.deepEqual(await once(intake, 'exit'), [0, null])
})
