// Replaces dist/agent/uploader/undici-client.js, which asks for undici, by what it needs of undici. Run by test/setup.mjs after tsc.
//
// Memory added by a worker that made 3 uploads of 150 KB, MB of RSS (the transient peak in brackets), in a process that has compiled
// a lot of code before / in an idle one:
//              Node 20           Node 22           Node 24           Node 26
//   no client  9 / 14            13 / 21           9 / 24            6 / 22
//   node:http  13 / 16           18 / 23           12 / 27           10 / 24
//   this       12 / 19 (47)      30 / 31           12 / 39 (32)      15 / 29
//   undici     17 / 34 (53)      38 / 35           19 / 49 (36)      21 / 40
// What is left above node:http is V8 optimizing undici's parser, which is WebAssembly; the memory it takes for that stays with the process
// for the next function to be optimized. Ending the worker after each upload saves 4-5 MB, and costs the application's thread a new worker
// every minute.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = new URL('../../../', import.meta.url)
const file = fileURLToPath(new URL('dist/agent/uploader/undici-client.js', root))
const license = readFileSync(new URL('node_modules/undici/LICENSE', root), 'utf8')

/** Parts of undici that the client loads and that an upload never reaches. */
const leftOut = {
  'client-h2.js': 'module.exports = {}',
  'body.js': 'module.exports = {}',
  // undici falls back to the parser without SIMD, which runs on every CPU.
  'llhttp_simd-wasm.js': 'throw new Error("left out")',
}

await build({
  entryPoints: [file],
  outfile: file,
  allowOverwrite: true,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  legalComments: 'none',
  banner: { js: `/*! undici\n${license}*/` },
  plugins: [
    {
      name: 'left out',
      setup({ onLoad }) {
        onLoad(
          { filter: /undici[\\/]lib[\\/].*(client-h2|fetch[\\/]body|llhttp_simd-wasm)\.js$/ },
          ({ path }) => ({
            contents: leftOut[path.split(/[\\/]/).pop()],
          }),
        )
      },
    },
  ],
})
