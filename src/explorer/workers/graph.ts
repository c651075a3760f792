import { answerOne } from './answer'
import { placeGraph } from './graph-layout'

answerOne(placeGraph)
