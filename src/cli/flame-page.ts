import type { FlameGraph } from '../pprof/answers'

/**
 * One HTML file with its data, style and script, and a policy that lets it load nothing. Names come out of profiles: they are only ever
 * the text of an element, and in the data no `<` can end the script.
 */
export function flamePage(title: string, { measure, frames, nodes, total }: FlameGraph): string {
  const data = {
    title,
    measure,
    names: frames.map(({ name }) => name),
    places: frames.map(placeOf),
    origins: frames.map(({ origin }) => origin),
    nodes,
    total,
  }
  const json = JSON.stringify(data)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<header><h1></h1><input type="search" placeholder="Search functions" aria-label="Search functions"><output></output></header>
<ul aria-label="Colours"><li class="own">Your code</li><li class="library">Libraries</li><li class="runtime">Node.js</li><li class="gc">Garbage collection</li><li class="native">Native</li><li class="idle">Idle</li></ul>
<main></main>
<footer aria-live="polite"></footer>
<script type="application/json" id="data">${json}</script>
<script>${script}</script>
</body>
</html>
`
}

function placeOf({ file, line }: { file: string; line: number }): string {
  return line === 0 ? file : `${file}:${line}`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}

const style = `
body { font: 13px system-ui, sans-serif; margin: 0 12px; color: #222; background: #fff }
header { display: flex; gap: 12px; align-items: center } h1 { font-size: 16px; flex: 1 }
main { position: relative; overflow-x: hidden }
main button { position: absolute; height: 17px; border: 0; padding: 0 3px; font: inherit; font-size: 11px; text-align: left;
  white-space: nowrap; overflow: hidden; text-overflow: ellipsis; cursor: pointer; border-radius: 1px }
main .above { opacity: .55 } ul { display: flex; gap: 16px; margin: 0 0 8px; padding: 0; list-style: none; color: #555 }
li::before { content: ''; display: inline-block; width: 10px; height: 10px; margin-right: 6px; border-radius: 3px }
.own { --is: #f0a45d } .library { --is: #7fb8e0 } .runtime, .all { --is: #b9bfcb } .gc { --is: #e5859b }
.native { --is: #c6a6de } .idle { --is: #dde1e6 } main button, li::before { background: var(--is) }
main button.found { outline: 2px solid #d0f; outline-offset: -2px } main button:focus { outline: 2px solid #000 }
footer { position: sticky; bottom: 0; background: #fff; padding: 6px 0; min-height: 18px }
`

// The root at the top. Only what is wide enough to see becomes an element, so that the depth and size of a graph do not matter.
const script = `
const { title, measure, names, places, origins, nodes, total } = JSON.parse(document.getElementById('data').textContent)
const { parent, frame } = nodes, rowHeight = 18, count = parent.length
const depth = new Uint32Array(count), start = new Float64Array(count), next = new Float64Array(count)
for (let i = 0; i < count; i++) {
  const above = parent[i]
  if (i > 0) { depth[i] = depth[above] + 1; start[i] = next[above]; next[above] += nodes.total[i] }
  next[i] = start[i]
}
const find = (selector) => document.querySelector(selector)
const main = find('main'), footer = find('footer'), output = find('output'), search = find('input')
find('h1').textContent = title
const nameOf = (i) => frame[i] >= 0 ? names[frame[i]] : frame[i] === -1 ? 'all' : '(smaller ones)'
const units = { nanoseconds: [[1e9, 's'], [1e6, 'ms'], [1e3, 'us']], bytes: [[2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB']] }
const show = (value) => {
  if (value === 0) return '0'
  const [factor, unit] = (units[measure.unit] || []).find(([from]) => Math.abs(value) >= from) || [1, measure.unit]
  return (value / factor).toFixed(factor === 1 ? 0 : 2) + ' ' + unit + (measure.per === 'second' ? '/s' : measure.per === 'request' ? '/request' : '')
}
const describe = (i) => nameOf(i) + '  ' + (frame[i] >= 0 ? places[frame[i]] : '') + '  ' + show(nodes.total[i]) +
  ', itself ' + show(nodes.self[i]) + ', ' + (100 * nodes.total[i] / (total || 1)).toFixed(2) + '%'
let zoomed = 0
function draw() {
  const wanted = search.value.toLowerCase(), width = main.clientWidth
  const scale = width / (nodes.total[zoomed] || 1), end = start[zoomed] + nodes.total[zoomed]
  const above = new Set(); for (let i = zoomed; i > 0; i = parent[i]) above.add(parent[i])
  const elements = []; let deepest = 0, found = 0
  for (let i = 0; i < count; i++) {
    const isAbove = above.has(i)
    const isFound = wanted !== '' && nameOf(i).toLowerCase().includes(wanted)
    if (isFound) found += nodes.self[i]
    if (!isAbove && (start[i] < start[zoomed] || start[i] >= end || depth[i] < depth[zoomed])) continue
    const wide = isAbove ? width : nodes.total[i] * scale
    if (wide < 1) continue
    const element = document.createElement('button')
    element.textContent = wide > 24 ? nameOf(i) : ''
    element.title = describe(i)
    element.style.cssText = 'left:' + (isAbove ? 0 : (start[i] - start[zoomed]) * scale) + 'px;top:' + depth[i] * rowHeight +
      'px;width:' + Math.max(1, wide - 1) + 'px'
    element.className = (frame[i] >= 0 ? origins[frame[i]] : 'all') + (isAbove ? ' above' : '') + (isFound ? ' found' : '')
    element.onclick = () => { zoomed = i; draw() }
    element.onmouseenter = element.onfocus = () => { footer.textContent = describe(i) }
    elements.push(element); deepest = Math.max(deepest, depth[i])
  }
  main.replaceChildren(...elements)
  main.style.height = (deepest + 1) * rowHeight + 'px'
  output.textContent = wanted === '' ? '' : 'itself ' + show(found)
}
search.oninput = draw; window.onresize = draw
window.onkeydown = (event) => { if (event.key === 'Escape') { zoomed = 0; search.value = ''; draw() } }
footer.textContent = describe(0)
draw()
`
