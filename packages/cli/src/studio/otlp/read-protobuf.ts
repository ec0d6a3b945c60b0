/** Type of a field of a message. */
export type FieldType =
  | 'string'
  | 'bool'
  | 'double'
  | 'int64'
  | 'sint32'
  | 'uint64'
  | 'fixed64'
  | 'sfixed64'
  | 'enum'
  | Schema

/** The fields of a message by their numbers; the others are skipped. */
export interface Schema {
  readonly [number: number]: { readonly name: string; readonly type: FieldType; readonly isRepeated?: boolean }
}

/** A message in the form of OTLP/JSON, except that 64-bit integers are numbers. */
export interface Message {
  [name: string]: unknown
}

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5
/** Maximum depth of nested messages; those of OTLP are six deep. */
const MOST_DEPTH = 16

/** Parses a message of Protocol Buffers. @throws RangeError for any other bytes */
export function readProtobuf(bytes: Uint8Array, schema: Schema, depth = 0): Message {
  if (depth > MOST_DEPTH) throw new RangeError('messages are nested too deeply')
  const view = viewOf(bytes)
  const message: Message = {}
  let at = 0
  const varint = (): bigint => {
    const [value, end] = readVarint(view, at)
    at = end
    return value
  }
  const span = (): Uint8Array => {
    const length = Number(varint())
    if (at + length > bytes.length) throw new RangeError('a field exceeds the message')
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const field = schema[tag >> 3]
    const wire = tag & 7
    if (wire === VARINT) put(message, field, numberOf(field?.type, varint()))
    else if (wire === FIXED64) {
      put(message, field, fixedOf(field?.type, view, at))
      at += 8
    } else if (wire === BYTES) putBytes(message, field, span(), depth)
    else if (wire === FIXED32) at += 4
    else throw new RangeError(`wire type ${wire}`)
  }
  return message
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function readVarint(view: DataView, from: number): readonly [value: bigint, end: number] {
  let value = 0n
  let at = from
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = view.getUint8(at++)
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return [value, at]
  }
  throw new RangeError('a number has more than 64 bits')
}

type Field = Schema[number] | undefined

function put(message: Message, field: Field, value: unknown): void {
  if (field === undefined) return
  if (!field.isRepeated) message[field.name] = value
  else {
    const list = message[field.name]
    if (Array.isArray(list)) list.push(value)
    else message[field.name] = [value]
  }
}

function putBytes(message: Message, field: Field, bytes: Uint8Array, depth: number): void {
  if (field === undefined) return
  if (typeof field.type === 'object') put(message, field, readProtobuf(bytes, field.type, depth + 1))
  else if (field.type === 'string') put(message, field, new TextDecoder().decode(bytes))
  else putPacked(message, field, viewOf(bytes))
}

/** Adds packed numbers: of eight bytes each, or of as many as each needs. */
function putPacked(message: Message, field: NonNullable<Field>, view: DataView): void {
  let at = 0
  while (at < view.byteLength) {
    if (field.type === 'uint64') {
      const [value, end] = readVarint(view, at)
      put(message, field, numberOf(field.type, value))
      at = end
    } else {
      put(message, field, fixedOf(field.type, view, at))
      at += 8
    }
  }
}

function numberOf(type: FieldType | undefined, value: bigint): unknown {
  if (type === 'bool') return value !== 0n
  // Zigzag: 0, -1, 1, -2, …
  if (type === 'sint32') return Number(value & 1n ? -(value >> 1n) - 1n : value >> 1n)
  return Number(BigInt.asIntN(64, value))
}

function fixedOf(type: FieldType | undefined, view: DataView, at: number): number {
  if (type === 'double') return view.getFloat64(at, true)
  return Number(type === 'sfixed64' ? view.getBigInt64(at, true) : view.getBigUint64(at, true))
}
