import { shortFile, shown } from '../flame/text'
import { type Frame, origins } from '../flame/tree'
import { useFrameHref } from './local-file'

/** A function by its name, with the colour of where it comes from, and its file. Leads to its own view. */
export function FrameName({ frame, withFile = true }: { frame: Frame; withFile?: boolean }) {
  const href = useFrameHref()
  return (
    <span
      class="frame-name"
      title={shown(`${frame.name}\n${frame.file}${frame.line > 0 ? `:${frame.line}` : ''}`, 600)}
    >
      <span class={`dot origin-${originClass(frame)}`} />
      <a href={href(frame)}>{shown(frame.name, 200)}</a>
      {withFile && (
        <span class="faint">
          {shortFile(frame.file)}
          {frame.file !== '' && frame.line > 0 && `:${frame.line}`}
        </span>
      )}
    </span>
  )
}

const originClass = ({ origin }: Frame) => (origins.includes(origin) ? origin : 'native')

export const originTexts = {
  own: 'Your code',
  library: 'Libraries',
  runtime: 'Node.js',
  gc: 'Garbage collection',
  native: 'Native',
  idle: 'Idle',
} as const
