// Is the line of every frame the one that was running?
import { fileURLToPath } from 'node:url'
import { compareLines } from '../../test/accuracy/line-truth.ts'
import { samplesOfUploads } from '../../test/accuracy/receiver.ts'
import { startChild } from '../lib/child.mjs'

const script = 'test/fixtures/truth-lines.js'
const sourceFile = fileURLToPath(new URL(`../../${script}`, import.meta.url))

export async function ask({ full, node, variants }) {
  const seconds = full ? 30 : 8
  const uploadPeriodS = full ? 10 : 4
  const rows = { right: {}, functions: {}, leaves: {}, callers: {}, samples: {} }
  let note
  for (const name of variants.filter((name) => name === 'ours' || name === 'peer')) {
    const child = await startChild(script, { name, node, uploadPeriodS, args: [String(seconds)] })
    await child.report('done')
    await child.nextUpload()
    await child.end()
    const counts = compareLines(await samplesOfUploads(child.uploads, 'wall.pprof'), sourceFile)
    const share = (part, whole) => `${((part / whole) * 100).toFixed(2)} %`
    rows.right[name] = share(counts.right, counts.samples)
    rows.functions[name] = share(counts.rightFunction, counts.samples)
    rows.leaves[name] = share(counts.leavesRight, counts.samples)
    rows.callers[name] = share(counts.callersRight, counts.callers)
    rows.samples[name] = String(counts.samples)
    if (name === 'ours')
      note = Object.entries(counts.wrong)
        .sort((a, b) => b[1] - a[1])
        .slice(0, 5)
        .map(([miss, count]) => `${miss}: ${count}`)
        .join(', ')
  }
  return [
    { what: 'samples with every line right, leaf and callers', target: '>= 99 %', ...rows.right, note },
    { what: 'and the leaf is not the function that it is inlined into', ...rows.functions },
    { what: 'leaf lines right', ...rows.leaves },
    { what: 'caller lines right', ...rows.callers },
    { what: 'samples compared', ...rows.samples },
  ]
}
