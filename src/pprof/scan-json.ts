/**
 * Looks over JSON text for what bounds are set on, before it is parsed; text that is no JSON is looked over as well.
 * @param onOpen at each object and list, with how deep it lies: 1 is the outermost
 * @param onComma at each comma between items
 */
export function scanJson(text: string, onOpen: (depth: number) => void, onComma?: () => void): void {
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (quoted) {
      if (char === 0x5c) at++
      else if (char === 0x22) quoted = false
    } else if (char === 0x22) {
      quoted = true
    } else if (char === 0x2c) {
      onComma?.()
    } else if (char === 0x7b || char === 0x5b) {
      onOpen(++depth)
    } else if (char === 0x7d || char === 0x5d) {
      depth--
    }
  }
}
