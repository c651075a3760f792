import { short, testUnder } from './sanitizers'

testUnder('thread', short)
