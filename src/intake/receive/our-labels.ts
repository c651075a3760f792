/** A label of a sample: text, or a number of 64 bits. */
export type Label = [key: string, value: string | bigint]

/**
 * The label under the name and in the form that our agent and dd-trace give to what it means; any other as it is. Grafana's and
 * Splunk's clients write ids in hexadecimal, OpenTelemetry's conventions have names of their own.
 */
export function ourLabel(key: string, value: string | bigint): Label {
  const translate = Object.hasOwn(translations, key) ? translations[key] : undefined
  return translate?.(value) ?? [key, value]
}

/** Whether ourLabel changes labels of this key. */
export function isForeign(key: string): boolean {
  return Object.hasOwn(translations, key)
}

type Translation = (value: string | bigint) => Label | undefined

const spanId =
  (key: string): Translation =>
  (value) =>
    typeof value === 'string' && /^[0-9a-f]{16}$/i.test(value) ? [key, BigInt(`0x${value}`)] : undefined

const text =
  (key: string): Translation =>
  (value) => [key, String(value)]

const traceId: Translation = (value) => {
  return typeof value === 'string' && /^[0-9a-f]{32}$/i.test(value)
    ? ['trace id', value.toLowerCase()]
    : undefined
}

// Splunk counts milliseconds.
const eventTime: Translation = (value) => {
  return typeof value === 'bigint' ? ['end_timestamp_ns', value * 1_000_000n] : undefined
}

const translations: Readonly<Record<string, Translation>> = {
  span_id: spanId('span id'),
  profile_id: spanId('local root span id'),
  local_root_span_id: spanId('local root span id'),
  'local_root_span.id': spanId('local root span id'),
  trace_id: traceId,
  span_name: text('trace endpoint'),
  endpoint: text('trace endpoint'),
  'thread.id': text('thread id'),
  'thread.name': text('thread name'),
  'thread.os.id': text('os thread id'),
  'source.event.time': eventTime,
}
