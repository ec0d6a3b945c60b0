/**
 * The size of a response's body in bytes, without its head. Node keeps the length that it wrote or was given; where there
 * was none, it is what the connection carried since the request began, with the framing of the chunks.
 * @returns -1 where it is not known
 */
export function responseSize(response: object, bytesBefore: number, bytesNow: number): number {
  const length: unknown = Reflect.get(response, '_contentLength')
  if (typeof length === 'number') return length
  const head: unknown = Reflect.get(response, '_header')
  return typeof head === 'string' ? Math.max(0, bytesNow - bytesBefore - head.length) : -1
}

/**
 * The size of a request's body in bytes as its head declares it: 0 without one, -1 for one of unknown length. Read from
 * the raw headers: Node builds the object of the others when it is first asked for, which the application may never do.
 */
export function requestSize(rawHeaders: readonly string[]): number {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      const length = Number(rawHeaders[i + 1])
      return Number.isFinite(length) ? length : -1
    }
    if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') return -1
  }
  return 0
}
