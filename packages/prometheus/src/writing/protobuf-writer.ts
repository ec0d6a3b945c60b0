import { utf8 } from './utf8.js'

/** Writes protobuf's wire format into one growing buffer. */
export class ProtobufWriter {
  #bytes = new Uint8Array(1 << 17)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Returns a copy of the bytes since the last call and starts again. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length)
    this.#length = 0
    return taken
  }

  /** Begins a field that contains a message. Pass the result to `end`. */
  begin(field: number): number {
    this.#tag(field, 2)
    // The length precedes the message and is known after it: one byte is reserved for it, which usually suffices.
    this.#reserve(1)
    return ++this.#length
  }

  end(start: number): void {
    const size = this.#length - start
    if (size < 0x80) {
      this.#bytes[start - 1] = size
      return
    }
    const shift = varintSize(size) - 1
    this.#reserve(shift)
    this.#bytes.copyWithin(start + shift, start, this.#length)
    this.#length = start - 1
    this.varint(size)
    this.#length = start + shift + size
  }

  /** A string or a part of one, without cutting the part out. */
  string(field: number, text: string, from = 0, to = text.length): void {
    this.#tag(field, 2)
    const length = to - from
    this.#reserve(length * 3 + 10)
    const start = this.#length
    this.varint(length)
    const bytes = this.#bytes
    const at = this.#length
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(from + i)
      if (code > 0x7f) {
        this.#length = start
        this.#encode(text.slice(from, to))
        return
      }
      bytes[at + i] = code
    }
    this.#length = at + length
  }

  double(field: number, value: number): void {
    this.#tag(field, 1)
    this.#reserve(8)
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
  }

  /** A count, index or enum: an integer from 0 to 2^53. */
  unsigned(field: number, value: number): void {
    this.#tag(field, 0)
    this.varint(value)
  }

  /** An integer of either sign, in zigzag form. */
  signed(field: number, value: number): void {
    this.#tag(field, 0)
    this.varint(zigzag(value))
  }

  /** A length or count without tag. */
  varint(value: number): void {
    this.#reserve(10)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
  }

  /** Length and bytes of a string that is not ASCII; the space is already reserved. */
  #encode(text: string): void {
    const start = this.#length
    const { written } = utf8().encodeInto(text, this.#bytes.subarray(start + 5))
    this.varint(written)
    this.#bytes.copyWithin(this.#length, start + 5, start + 5 + written)
    this.#length += written
  }

  #tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType)
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more))
    bytes.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
  }
}

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1
}

function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
  return size
}

const spare: ProtobufWriter[] = []

/** Lends a writer. One is always kept: V8 discards the code that it has optimised for a class without instances. */
export function borrowWriter(): ProtobufWriter {
  return spare.pop() ?? new ProtobufWriter()
}

export function giveBackWriter(writer: ProtobufWriter): void {
  writer.take()
  if (spare.length === 0) spare.push(writer)
}
