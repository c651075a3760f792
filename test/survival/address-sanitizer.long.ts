import { long, testUnder } from './sanitizers'

testUnder('address', long)
