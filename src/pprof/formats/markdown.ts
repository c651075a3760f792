import { functionCosts } from './functions'
import type { TreeColumns } from './tree'

const maxRows = 50

/** A table of the functions that cost most by themselves. `show` writes a value. */
export function toMarkdown(tree: TreeColumns, title: string, show: (value: number) => string): string {
  const whole = Math.max(tree.total[0] as number, Number.MIN_VALUE)
  const rows = functionCosts(tree)
    .sort((a, b) => b.self - a.self)
    .slice(0, maxRows)
    .map(({ frame, self, total }) => {
      const { name, file, line } = tree.frames[frame] as (typeof tree.frames)[number]
      const place = file === '' ? '' : `${file}${line > 0 ? `:${line}` : ''}`
      const cells = [show(self), share(self), show(total), share(total), code(name), code(place)]
      return `| ${cells.join(' | ')} |`
    })
  function share(value: number): string {
    return `${((100 * value) / whole).toFixed(1)} %`
  }
  return [
    `${code(title)}: ${show(tree.total[0] as number)}`,
    '',
    '| self | | total | | function | file:line |',
    '|---:|---:|---:|---:|---|---|',
    ...rows,
    '',
  ].join('\n')
}

/** Text out of a profile as Markdown that cannot be anything else. */
function code(text: string): string {
  const plain = text
    .replace(/\p{Cc}/gu, ' ')
    .replaceAll('`', "'")
    .replaceAll('|', '\\|')
  return plain === '' ? '' : `\`${plain}\``
}
