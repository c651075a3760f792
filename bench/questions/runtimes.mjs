// What does our agent cost on each Node line? Only what is measured within seconds; `--node` asks everything of one line.
import { startChild } from '../lib/child.mjs'
import { valuesOf } from '../lib/rows.mjs'
import { alternate } from '../lib/stats.ts'

const lines = ['20', '22', '24', '26']

export async function ask({ full }) {
  const rows = []
  for (const node of lines) {
    const activations = await alternate(['tracing', 'ours'], full ? 3 : 1, (name) =>
      told('bench/work/activation.js', 'done', { name, node, withTracing: true }),
    )
    const starts = await alternate(['none', 'ours'], full ? 5 : 2, (name) =>
      told('bench/work/start-app.js', 'listening', { name, node }),
    )
    rows.push(
      {
        what: `Node ${node}: AsyncLocalStorage.run, a span active`,
        target: Number(node) >= 24 ? '0 more than tracing' : undefined,
        unit: 'ns',
        ...valuesOf(activations, ({ nanos }) => nanos),
      },
      {
        what: `Node ${node}: \`node app.js\` to its first line`,
        target: '<= 20 ms added',
        unit: 'ms',
        ...valuesOf(starts, ({ firstLineMs }) => firstLineMs),
        ...(node === lines[0] && { note: 'ours without tracing' }),
      },
    )
  }
  return rows
}

async function told(file, name, options) {
  const child = await startChild(file, options)
  const values = await child.report(name)
  await child.end()
  return values
}
