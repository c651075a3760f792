import { originOf } from '../../pprof/origin'
import type { Frame } from '../store/profile-store'
import type { FrameInfo } from './types'

export { originOf }

export function frameInfo(frame: Frame): FrameInfo {
  return { name: frame.name, file: frame.file, line: frame.line, origin: originOf(frame) }
}
