import typescript from 'highlight.js/lib/languages/typescript'
import { createLowlight } from 'lowlight'

/** A piece of a line. */
export interface Token {
  kind: 'keyword' | 'string' | 'number' | 'comment' | 'name' | ''
  text: string
}

type Node = ReturnType<typeof lowlight.highlight>['children'][number]

// It knows JavaScript and JSX too.
const lowlight = createLowlight({ typescript })

/** By highlight.js's scopes; the others are as what they are in. */
const kinds: Readonly<Record<string, Token['kind']>> = {
  keyword: 'keyword',
  literal: 'keyword',
  built_in: 'keyword',
  string: 'string',
  regexp: 'string',
  number: 'number',
  comment: 'comment',
  title: 'name',
  subst: '',
}

/** Lines of JavaScript or TypeScript in their pieces. */
export function highlight(lines: readonly string[]): Token[][] {
  const found: Token[][] = [[]]
  const add = (node: Node, kind: Token['kind']): void => {
    if (node.type === 'element') for (const child of node.children) add(child as Node, kindOf(node, kind))
    if (node.type !== 'text') return
    node.value.split('\n').forEach((text, i) => {
      if (i > 0) found.push([])
      if (text !== '') addText(found.at(-1) as Token[], kind, text)
    })
  }
  for (const node of lowlight.highlight('typescript', lines.join('\n')).children) add(node, '')
  return found
}

function addText(line: Token[], kind: Token['kind'], text: string): void {
  const last = line.at(-1)
  if (last?.kind === kind) last.text += text
  else line.push({ kind, text })
}

function kindOf({ properties }: Extract<Node, { type: 'element' }>, above: Token['kind']): Token['kind'] {
  const [scope = ''] = properties.className as string[]
  return kinds[scope.replace('hljs-', '')] ?? above
}
