import type { CodedError } from '../../../pprof/errors'
import { WireWriter } from '../../../pprof/wire-writer'
import { mediaType, type Rejection, type Reply } from '../protocol'

type Message = { contentType: string }

/**
 * `ExportXServiceResponse{ partial_success = 1 { rejected_x = 1, error_message = 2 } }`, in the form of the request; without
 * partial_success where nothing was left out, as the specification of OTLP asks.
 * @param counted name of the count in JSON: `rejectedSpans`
 */
export function exported(message: Message, rejected: readonly Rejection[], counted: string): Reply {
  const items = rejected.reduce((sum, one) => sum + one.items, 0)
  const errorMessage = [...new Set(rejected.map((one) => one.message))].slice(0, 10).join(' ')
  if (isJson(message)) {
    const body = rejected.length === 0 ? {} : { partialSuccess: { [counted]: String(items), errorMessage } }
    return { status: 200, body }
  }
  return protobuf(200, (out) => {
    if (rejected.length === 0) return
    out.block(1, () => {
      out.number(1, items)
      out.text(2, errorMessage)
    })
  })
}

/** `google.rpc.Status{ code = 1, message = 2 }`, in the form of the request. */
export function failed(error: CodedError, message: Message): Reply {
  const code = statusCodes.get(error.status) ?? 3
  if (isJson(message))
    return { status: error.status, body: { code, message: `${error.code}: ${error.message}` } }
  return protobuf(error.status, (out) => {
    out.number(1, code)
    out.text(2, `${error.code}: ${error.message}`)
  })
}

// google/rpc/code.proto
const statusCodes: ReadonlyMap<number, number> = new Map([
  [401, 16],
  [403, 7],
  [404, 12],
  [408, 4],
  [413, 8],
  [429, 8],
  [500, 13],
  [503, 14],
  [507, 8],
])

function isJson({ contentType }: Message): boolean {
  return mediaType(contentType) === 'application/json'
}

function protobuf(status: number, write: (out: WireWriter) => void): Reply {
  const out = new WireWriter()
  write(out)
  return { status, contentType: 'application/x-protobuf', body: out.finish() }
}
