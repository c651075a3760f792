import { short, testUnder } from './sanitizers'

testUnder('address', short)
