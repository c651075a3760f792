import { test } from 'node:test'
import { checkWithoutThreads } from './no-threads'

test('where the system has no thread left, the profiler is off, and the application lives', () =>
  checkWithoutThreads())
