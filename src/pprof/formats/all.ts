/** What a call tree can be written as, for whoever loads them together. */
export { toCollapsed } from './collapsed'
export { toDot } from './dot'
export { toMarkdown } from './markdown'
export { toSpeedscope } from './speedscope'
