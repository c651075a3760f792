// Bundles the page into dist/explorer: index.html and assets/ with names that change with their contents. Run by test/setup.mjs.
// `--analyze` says what is in it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { analyzeMetafile, build } from 'esbuild'

const source = fileURLToPath(new URL('.', import.meta.url))
const out = fileURLToPath(new URL('../../dist/explorer/', import.meta.url))
const licenses = ['preact', '@preact/signals', '@preact/signals-core', 'uplot']

rmSync(out, { recursive: true, force: true })
mkdirSync(join(out, 'assets'), { recursive: true })

const { metafile } = await build({
  entryPoints: [join(source, 'main.tsx')],
  outdir: join(out, 'assets'),
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  target: ['chrome109', 'firefox115', 'safari16'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  metafile: true,
})

const entry = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint !== undefined)
const [script, { cssBundle }] = entry
const page = readFileSync(join(source, 'index.html'), 'utf8')
  .replace('main.css', `assets/${basename(cssBundle)}`)
  .replace('main.tsx', `assets/${basename(script)}`)
const licenseOf = (name) =>
  readFileSync(new URL(`../../node_modules/${name}/LICENSE`, import.meta.url), 'utf8')
writeFileSync(
  join(out, 'assets/licenses.txt'),
  licenses.map((name) => `${name}\n\n${licenseOf(name)}`).join('\n\n'),
)
writeFileSync(join(out, 'index.html'), page)
if (process.argv.includes('--analyze')) console.log(await analyzeMetafile(metafile))
