// Bundles the page into dist/explorer: index.html and assets/ with names that change with their contents. Run by test/setup.mjs.
// `--analyze` says what is in it.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { analyzeMetafile, build } from 'esbuild'

const source = fileURLToPath(new URL('.', import.meta.url))
const out = fileURLToPath(new URL('../../dist/explorer/', import.meta.url))
const licenses = [
  ...['preact', '@preact/signals', '@preact/signals-core', 'uplot'],
  ...['@dagrejs/dagre', '@dagrejs/graphlib', 'highlight.js', 'lowlight', 'devlop'],
]

rmSync(out, { recursive: true, force: true })
mkdirSync(join(out, 'assets'), { recursive: true })

const options = {
  outdir: join(out, 'assets'),
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome109', 'firefox115', 'safari16'],
  legalComments: 'none',
  metafile: true,
}

// Workers first: the page has to know their names. Each is one file, which loads nothing.
const workers = await build({
  ...options,
  entryPoints: ['graph', 'open-file'].map((name) => join(source, `workers/${name}.ts`)),
})
const addressOf = (name) => {
  const path = Object.keys(workers.metafile.outputs).find((output) => basename(output).startsWith(`${name}-`))
  return JSON.stringify(`/assets/${basename(path)}`)
}

const { metafile } = await build({
  ...options,
  entryPoints: [join(source, 'main.tsx')],
  splitting: true,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  define: { GRAPH_WORKER: addressOf('graph'), OPEN_FILE_WORKER: addressOf('open-file') },
})

const entry = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint !== undefined)
const [script, { cssBundle }] = entry
const page = readFileSync(join(source, 'index.html'), 'utf8')
  .replace('main.css', `assets/${basename(cssBundle)}`)
  .replace('main.tsx', `assets/${basename(script)}`)
const licenseOf = (name) => {
  const folder = fileURLToPath(new URL(`../../node_modules/${name}/`, import.meta.url))
  return readFileSync(
    join(
      folder,
      readdirSync(folder).find((file) => /^license$/i.test(file)),
    ),
    'utf8',
  )
}
writeFileSync(
  join(out, 'assets/licenses.txt'),
  licenses.map((name) => `${name}\n\n${licenseOf(name)}`).join('\n\n'),
)
writeFileSync(join(out, 'index.html'), page)
if (process.argv.includes('--analyze'))
  for (const made of [metafile, workers.metafile]) console.log(await analyzeMetafile(made))
