/** A field of an encoded protobuf message. */
export interface WireField {
  readonly number: number
  /** A number for a varint, bytes for a length-delimited field; undefined for a fixed-size number. */
  readonly value: number | Uint8Array | undefined
  /** The whole field, its tag included. */
  readonly bytes: Uint8Array
}

/**
 * Reads the fields of a protobuf message (protobuf encoding specification).
 * @throws RangeError for a message that is cut off or uses groups
 */
export function* fieldsOf(message: Uint8Array): Generator<WireField> {
  for (let at = 0; at < message.length; ) {
    const from = at
    const tag = readVarint(message, at)
    const kind = tag.value % 8
    let value: WireField['value']
    if (kind === 0) {
      const varint = readVarint(message, tag.end)
      value = varint.value
      at = varint.end
    } else if (kind === 2) {
      const length = readVarint(message, tag.end)
      at = length.end + length.value
      value = message.subarray(length.end, at)
    } else if (kind === 1 || kind === 5) {
      at = tag.end + (kind === 1 ? 8 : 4)
    } else {
      throw new RangeError(`wire type ${kind}`)
    }
    if (at > message.length) throw new RangeError('cut off')
    yield { number: Math.floor(tag.value / 8), value, bytes: message.subarray(from, at) }
  }
}

/** Encodes a length-delimited field: tag, length and bytes. */
export function lengthField(number: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes])
}

function readVarint(message: Uint8Array, from: number): { readonly value: number; readonly end: number } {
  let value = 0
  for (let at = from, factor = 1; ; at++, factor *= 128) {
    const byte = message[at]
    if (byte === undefined) throw new RangeError('cut off')
    value += (byte & 127) * factor
    if (byte < 128) return { value, end: at + 1 }
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  bytes.push(rest)
  return Uint8Array.from(bytes)
}
