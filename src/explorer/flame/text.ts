/** Longer names are cut in a picture: no screen shows more. */
const maxChars = 400

// Control characters, and those that turn the direction of what follows: a name must not change what stands around it.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const unseen = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** A name as it can be shown: cut, and with what cannot be seen written out. */
export function shown(text: string, max = maxChars): string {
  const cut = text.length > max ? `${text.slice(0, max)}…` : text
  return cut.replace(unseen, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** `…/routes/cart.js` of a path: the last two parts. */
export function shortFile(file: string): string {
  const parts = file.replace(/^file:\/\//, '').split(/[\\/]/)
  return shown(parts.length > 3 ? `…/${parts.slice(-2).join('/')}` : parts.join('/'), 120)
}

/** `@scope/name` of a file below node_modules, `node` of the runtime's own, `''` of everything else. */
export function packageOf(file: string): string {
  if (/^node:|^internal\//.test(file)) return 'node'
  const parts = file.split(/[\\/]/)
  const at = parts.lastIndexOf('node_modules')
  if (at < 0) return ''
  const [first = '', second = ''] = parts.slice(at + 1)
  return first.startsWith('@') ? `${first}/${second}` : first
}
