/** A field of a protobuf message: its number and its encoded value. */
interface Field {
  readonly number: number
  readonly value: bigint | Buffer
}

/** Reads a message's fields: varints and fixed-width numbers as bigint, all else as bytes. */
function fieldsOf(bytes: Buffer): readonly Field[] {
  const fields: Field[] = []
  let at = 0
  const varint = (): bigint => {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error('the message ends within a number')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error('the message ends within a field')
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const wire = tag & 7
    if (wire === 3 || wire === 4 || wire > 5) throw new Error(`wire type ${wire}`)
    const value =
      wire === 0 ? varint() : wire === 1 ? take(8).readBigUInt64LE() : wire === 5 ? take(4) : take(Number(varint()))
    fields.push({ number: tag >> 3, value })
  }
  return fields
}

const all = (bytes: Buffer, number: number): readonly Buffer[] =>
  fieldsOf(bytes).flatMap((field) => (field.number === number && Buffer.isBuffer(field.value) ? [field.value] : []))
const first = (bytes: Buffer, number: number): Buffer => all(bytes, number)[0] ?? Buffer.alloc(0)
const integer = (bytes: Buffer, number: number): number =>
  Number(fieldsOf(bytes).find((field) => field.number === number)?.value ?? 0)

/** Field numbers of each kind of metric data in opentelemetry-proto 1.x, and of the attributes of its points. */
const kinds = {
  gauge: { data: 5, attributes: 7 },
  sum: { data: 7, attributes: 7 },
  histogram: { data: 9, attributes: 9 },
  exponentialHistogram: { data: 10, attributes: 1 },
} as const

/** Converts an ExportMetricsServiceRequest to the shape of JSON; other fields of a point than times and attributes are hex. */
export function decodeMetrics(body: Buffer) {
  return {
    resourceMetrics: all(body, 1).map((resource) => ({
      resource: { attributes: attributesOf(first(resource, 1), 1) },
      scopeMetrics: all(resource, 2).map((scope) => ({ metrics: all(scope, 2).map(toMetric) })),
    })),
  }
}

function toMetric(metric: Buffer) {
  const name = first(metric, 1).toString('utf8')
  const data = Object.entries(kinds).flatMap(([kind, numbers]) =>
    all(metric, numbers.data).map((bytes) => [
      kind,
      {
        dataPoints: all(bytes, 1).map((point) => ({
          attributes: attributesOf(point, numbers.attributes),
          ...rest(point, numbers.attributes),
        })),
        aggregationTemporality: integer(bytes, 2),
        isMonotonic: integer(bytes, 3) === 1,
      },
    ]),
  )
  return { name, ...Object.fromEntries(data) }
}

/** Times are fields 2 and 3 of every kind of point; exemplars have their own times. */
function rest(point: Buffer, attributes: number): Readonly<Record<string, string>> {
  const others = fieldsOf(point).filter(({ number }) => ![2, 3, attributes].includes(number))
  return Object.fromEntries(
    others.map(({ number, value }) => [
      `field${number}`,
      Buffer.isBuffer(value) ? value.toString('hex') : String(value),
    ]),
  )
}

function attributesOf(bytes: Buffer, number: number) {
  return all(bytes, number).map((pair) => ({
    key: first(pair, 1).toString('utf8'),
    value: { stringValue: fieldsOf(first(pair, 2)).map(({ value }) => String(value))[0] ?? '' },
  }))
}

/** Encodes an ExportMetricsServiceResponse with a number of rejected points. */
export function encodePartialSuccess(rejected: number, message: string): Buffer {
  const text = Buffer.from(message)
  const partial = Buffer.concat([
    Buffer.from([0x08]),
    varintOf(rejected),
    Buffer.from([0x12]),
    varintOf(text.length),
    text,
  ])
  return Buffer.concat([Buffer.from([0x0a]), varintOf(partial.length), partial])
}

function varintOf(value: number): Buffer {
  const bytes: number[] = []
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left])
    bytes.push((left % 128) + 128)
  }
}
