// For `node --require @acme/profiler/init` and `--import`: profiles this thread, by the environment alone.
import { startFromEnvironment } from './agent/process-agent'

startFromEnvironment()
