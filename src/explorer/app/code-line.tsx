import { useEffect, useState } from 'preact/hooks'
import { shown } from '../flame/text'
import type { Token } from './highlight'

/** More of one line is not shown: bundles have lines of megabytes. */
const maxChars = 600
/** The rest of a line is plain: a view has at most 2,000 elements. */
const maxTokens = 16
/** Longer files stay plain: it would hold up the page for more than half a second. */
const maxHighlightedChars = 200_000

/** Lines in their pieces, some time after they are shown; undefined until then, and where the file is too long. */
export function useTokens(lines: readonly string[] | undefined): Token[][] | undefined {
  const [done, setDone] = useState<{ lines: readonly string[]; tokens: Token[][] }>()
  useEffect(() => {
    if (lines === undefined || lines.reduce((sum, { length }) => sum + length, 0) > maxHighlightedChars)
      return
    let isGone = false
    const paint = ({ highlight }: typeof import('./highlight')) => {
      if (!isGone) setDone({ lines, tokens: highlight(lines) })
    }
    // Code without colours is code.
    import('./highlight').then(paint).catch(() => {})
    return () => {
      isGone = true
    }
  }, [lines])
  return done?.lines === lines ? done?.tokens : undefined
}

export function CodeLine({ text, tokens }: { text: string; tokens: readonly Token[] | undefined }) {
  if (tokens === undefined || text.length > maxChars) return <>{visible(text)}</>
  const plain = tokens.slice(maxTokens).map((token) => token.text)
  return (
    <>
      {tokens.slice(0, maxTokens).map(({ kind, text }, i) =>
        kind === '' ? (
          visible(text)
        ) : (
          <span key={i} class={`code-${kind}`}>
            {visible(text)}
          </span>
        ),
      )}
      {visible(plain.join(''))}
    </>
  )
}

const visible = (text: string) => shown(text.replaceAll('\t', '    '), maxChars)
