import { invalid } from './params'
import type { Queries, Sources } from './queries'
import type { SourceText } from './types'

/** The text of a source file that the user allows to be shown. */
export async function source(
  { sourceFiles }: Sources,
  { file }: Parameters<Queries['source']>[0],
): Promise<SourceText> {
  if (typeof file !== 'string' || file === '') invalid('file', 'is not the name of a file')
  return sourceFiles.read(file)
}
