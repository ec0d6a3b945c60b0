const encoder = new TextEncoder()

/** Writes protobuf's wire format into one growing buffer. */
export class ProtobufWriter {
  #bytes = new Uint8Array(1 << 16)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** What was written since the last time, as a copy; begins anew. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length)
    this.#length = 0
    return taken
  }

  /** A field of bytes that hold a message; `write` fills it. */
  message(field: number, write: () => void): void {
    this.#tag(field, 2)
    const start = this.#length
    write()
    const size = this.#length - start
    // The length stands before the message and is known after it: the message moves up by what the length takes.
    const shift = varintSize(size)
    this.#reserve(shift)
    this.#bytes.copyWithin(start + shift, start, this.#length)
    this.#length = start
    this.varint(size)
    this.#length = start + shift + size
  }

  string(field: number, text: string): void {
    this.#tag(field, 2)
    this.#reserve(text.length * 3 + 5)
    const start = this.#length
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(start + 5))
    this.varint(written)
    this.#bytes.copyWithin(this.#length, start + 5, start + 5 + written)
    this.#length += written
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

  /** A length or count without a tag. */
  varint(value: number): void {
    this.#reserve(10)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
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
