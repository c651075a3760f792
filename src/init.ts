// For `node --require @acme/profiler/init` and `--import`: profiles this thread, by the environment alone.
import { startProfiler } from './agent/process-agent'

startProfiler()
