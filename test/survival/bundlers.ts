import assert from 'node:assert/strict'
import { basename, dirname } from 'node:path'
import { build } from 'esbuild'
import webpack from 'webpack'

/** Bundles the program `entry` into `output`, without the packages that are `external`. */
export type Bundler = (entry: string, output: string, external: string[]) => Promise<void>

export const byEsbuild: Bundler = async (entry, output, external) => {
  await build({
    ...{ entryPoints: [entry], outfile: output, bundle: true, platform: 'node', external },
    ...(output.endsWith('.mjs') ? { format: 'esm' as const } : {}),
    // That a module may be missing is what it warns of.
    logLevel: 'error',
  })
}

export const byWebpack: Bundler = async (entry, output, external) => {
  const compiler = webpack({
    ...{ mode: 'production', target: 'node20', context: dirname(entry), entry },
    externals: Object.fromEntries(external.map((name) => [name, `commonjs ${name}`])),
    output: { path: dirname(output), filename: basename(output) },
  })
  const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) =>
    compiler.run((error, result) => (error ? reject(error) : resolve(result))),
  )
  assert.ok(stats?.hasErrors() === false, String(stats))
  await new Promise((resolve) => compiler.close(resolve))
}
