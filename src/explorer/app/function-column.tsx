import type { Frame } from '../flame/tree'
import { FrameName } from './frame-name'
import type { Column } from './table'

/** The column that names the functions of a table, which leads to each. */
export const functionColumn: Column<{ frame: Frame }> = {
  name: 'name',
  title: 'Function',
  sort: ({ frame }) => frame.name,
  cell: ({ frame }) => <FrameName frame={frame} />,
}

/** What tells the rows of such a table apart. */
export const functionKey = ({ frame }: { frame: Frame }): string =>
  `${frame.name}\n${frame.file}\n${frame.line}`
