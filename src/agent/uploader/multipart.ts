/** One file of an upload. */
export interface Part {
  field: string
  filename: string
  contentType: string
  bytes: Uint8Array
}

/** multipart/form-data as Datadog's clients send it. The body begins with its own boundary. */
export function encodeMultipart(
  parts: readonly Part[],
  boundary = makeBoundary(),
): { body: Buffer; boundary: string } {
  const pieces: Uint8Array[] = []
  for (const { field, filename, contentType, bytes } of parts) {
    const head =
      `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${filename}"\r\n` +
      `Content-Type: ${contentType}\r\n\r\n`
    pieces.push(Buffer.from(head), bytes, Buffer.from('\r\n'))
  }
  pieces.push(Buffer.from(`--${boundary}--\r\n`))
  return { body: Buffer.concat(pieces), boundary }
}

// Nobody gains by guessing it, and node:crypto costs a megabyte.
function makeBoundary(): string {
  const half = () =>
    Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  return half() + half()
}

/** The boundary of a whole body that encodeMultipart made; undefined if the body is cut short or something else. */
export function boundaryOf(body: Uint8Array): string | undefined {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const boundary = /^--([0-9a-f]{16})\r\n/.exec(buffer.toString('latin1', 0, 20))?.[1]
  if (boundary === undefined) return undefined
  return buffer.toString('latin1', buffer.length - 22) === `--${boundary}--\r\n` ? boundary : undefined
}
