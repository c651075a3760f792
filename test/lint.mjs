// Format, lint and types of everything that is not tested by running it. One line for each check.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const cppFiles = ['native', 'test/native']
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
  .filter((path) => /\.(cc|h)$/.test(path))

const checks = [
  {
    name: 'biome: format and lint',
    file: '@biomejs/biome/bin/biome',
    args: ['check', '.'],
    repair: 'npm run format',
  },
  ...(cppFiles.length > 0
    ? [
        {
          name: 'clang-format: C++',
          file: 'clang-format/index.js',
          args: ['--dry-run', '--Werror', ...cppFiles],
          repair: 'npm run format',
        },
      ]
    : []),
  { name: 'tsc: types of src and test', file: 'typescript/bin/tsc', args: ['-p', 'test', '--noEmit'] },
  { name: 'tsc: types of the explorer', file: 'typescript/bin/tsc', args: ['-p', 'src/explorer'] },
]

/**
 * Runs every check and prints `ok` or `FAILED` with the output of the tool.
 * @returns {{ passed: number, failed: number }}
 */
export const lint = () => {
  const counts = { passed: 0, failed: 0 }
  for (const { name, file, args, repair } of checks) {
    const started = Date.now()
    const result = spawnSync(process.execPath, [join(root, 'node_modules', file), ...args], {
      cwd: root,
      encoding: 'utf8',
    })
    const ok = result.status === 0
    counts[ok ? 'passed' : 'failed'] += 1
    console.log(`${ok ? 'ok    ' : 'FAILED'} lint: ${name}  ${((Date.now() - started) / 1000).toFixed(1)} s`)
    if (!ok)
      console.log(`${result.stdout}${result.stderr}${repair ? `\nTo repair: ${repair}` : ''}`.trimEnd())
  }
  return counts
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = lint().failed > 0 ? 1 : 0
