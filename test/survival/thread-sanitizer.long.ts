import { long, testUnder } from './sanitizers'

testUnder('thread', long)
