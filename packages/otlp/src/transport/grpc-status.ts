const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'

/**
 * How long a back end asks to wait, in milliseconds: `RetryInfo` among the details of a `google.rpc.Status`.
 * @returns undefined when it does not say, or says it in a form that cannot be read
 */
export function retryInfoMs(status: Uint8Array): number | undefined {
  try {
    for (const detail of fieldsOf(status, 3)) {
      const [type] = fieldsOf(asBytes(detail), 1)
      if (Buffer.from(asBytes(type)).toString('utf8') !== RETRY_INFO) continue
      const [info] = fieldsOf(asBytes(detail), 2)
      const [delay] = fieldsOf(asBytes(info), 1)
      const [seconds = 0] = fieldsOf(asBytes(delay), 1)
      const [nanos = 0] = fieldsOf(asBytes(delay), 2)
      return Number(seconds) * 1000 + Number(nanos) / 1e6
    }
  } catch {
    // Not what it says it is.
  }
  return undefined
}

type Field = Uint8Array | number

function asBytes(field: Field | undefined): Uint8Array {
  return field instanceof Uint8Array ? field : new Uint8Array()
}

/** The values of one field of a protobuf message: numbers of varints, bytes of everything that has a length. */
function fieldsOf(message: Uint8Array, wanted: number): readonly Field[] {
  const found: Field[] = []
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++]
      if (byte === undefined) throw new RangeError('cut off')
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const tag = varint()
    const field = Math.floor(tag / 8)
    const kind = tag % 8
    if (kind === 0) {
      const value = varint()
      if (field === wanted) found.push(value)
    } else if (kind === 2) {
      const length = varint()
      if (field === wanted) found.push(message.subarray(at, at + length))
      at += length
    } else {
      at += kind === 1 ? 8 : 4
    }
  }
  return found
}
