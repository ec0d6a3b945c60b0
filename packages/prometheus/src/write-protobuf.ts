import type { Exemplar } from '@quipu/core'
import { toClassicBuckets } from './classic-buckets.js'
import type { ExponentialPoint, Family, FamilyType, Point } from './family.js'
import { cleanForeignText, parseLabelText } from './label-text.js'
import { nativeSchema, toNativeBuckets } from './native-buckets.js'
import type { Pace } from './pace.js'
import { ProtobufWriter } from './protobuf-writer.js'

/** `io.prometheus.client.MetricType`. */
const types: { readonly [T in FamilyType]: number } = { counter: 0, gauge: 1, summary: 2, histogram: 4, info: 1 }
const SERIES_PER_LOOK = 8
const PIECE_BYTES = 1 << 16

/**
 * A family as one `io.prometheus.client.MetricFamily` with its length before it. Exponential histograms are native
 * ones, with the classic buckets of a text page beside, for a server that does not take native ones.
 */
export async function writeProtobuf(family: Family, pace: Pace): Promise<readonly Uint8Array[]> {
  const points = family.points()
  if (points.length === 0) return []
  const writer = new ProtobufWriter()
  const pieces: Uint8Array[] = []
  let length = 0
  const take = (): void => {
    length += writer.length
    pieces.push(writer.take())
  }
  writer.string(1, family.name)
  writer.string(2, cleanForeignText(family.help))
  writer.unsigned(3, types[family.type])
  let next = 0
  while (next < points.length) {
    for (const point of points.slice(next, next + SERIES_PER_LOOK)) {
      if (point.removed !== true) writer.message(4, () => writeMetric(writer, family, point))
    }
    next += SERIES_PER_LOOK
    if (writer.length >= PIECE_BYTES) take()
    if (pace.due() && next < points.length) await pace.pause()
  }
  if (family.unit !== '' && family.name.includes(family.unit)) writer.string(5, family.unit)
  take()
  writer.varint(length)
  return [writer.take(), ...pieces]
}

function writeMetric(writer: ProtobufWriter, family: Family, point: Point): void {
  for (const [name, value] of parseLabelText(family.labelText(point))) {
    writer.message(1, () => {
      writer.string(1, name)
      writer.string(2, value)
    })
  }
  const value = point.data[point.at] ?? 0
  const created = (field: number): void => writeTime(writer, field, family.createdUnixMs(point))
  switch (family.type) {
    case 'counter':
      writer.message(3, () => {
        writer.double(1, value)
        writeExemplar(writer, 2, point.exemplars?.[0])
        created(3)
      })
      break
    case 'summary':
      writer.message(4, () => {
        writer.unsigned(1, point.data[point.at + 1] ?? 0)
        writer.double(2, value)
        for (const quantile of point.quantiles ?? []) {
          writer.message(3, () => {
            writer.double(1, quantile.quantile)
            writer.double(2, quantile.value)
          })
        }
        created(4)
      })
      break
    case 'histogram':
      writer.message(7, () => {
        writeHistogram(writer, point, point.bounds ?? family.bounds)
        created(15)
      })
      break
    default:
      writer.message(2, () => writer.double(1, value))
  }
}

function writeHistogram(writer: ProtobufWriter, point: Point, bounds: readonly number[]): void {
  const { exponential, exemplars } = point
  if (exponential === undefined) {
    const counts = Array.from({ length: bounds.length + 1 }, (_, i) => point.data[point.at + 1 + i] ?? 0)
    writeBuckets(writer, bounds, counts, point.data[point.at] ?? 0, exemplars)
    return
  }
  const classic = toClassicBuckets(exponential)
  writeBuckets(writer, classic.bounds, classic.counts, exponential.sum, undefined)
  writeNative(writer, exponential)
}

function writeBuckets(
  writer: ProtobufWriter,
  bounds: readonly number[],
  counts: readonly number[],
  sum: number,
  exemplars: readonly (Exemplar | undefined)[] | undefined,
): void {
  let count = 0
  counts.forEach((inBucket, i) => {
    count += inBucket
    writer.message(3, () => {
      writer.unsigned(1, count)
      writer.double(2, bounds[i] ?? Number.POSITIVE_INFINITY)
      writeExemplar(writer, 3, exemplars?.[i])
    })
  })
  writer.unsigned(1, count)
  writer.double(2, sum)
}

function writeNative(writer: ProtobufWriter, { scale, zeroCount, positive, negative }: ExponentialPoint): void {
  const schema = nativeSchema(scale)
  if (schema === undefined) return
  writer.signed(5, schema)
  writer.double(6, 0)
  writer.unsigned(7, zeroCount)
  if (negative !== undefined) writeSide(writer, toNativeBuckets(negative, scale, schema), 9)
  const buckets = toNativeBuckets(positive, scale, schema)
  // An empty span says "native" where there is no bucket yet.
  writeSide(writer, buckets.spans.length > 0 ? buckets : { spans: [{ offset: 0, length: 0 }], deltas: [] }, 12)
}

function writeSide(writer: ProtobufWriter, { spans, deltas }: ReturnType<typeof toNativeBuckets>, field: number): void {
  for (const { offset, length } of spans) {
    writer.message(field, () => {
      writer.signed(1, offset)
      writer.unsigned(2, length)
    })
  }
  for (const delta of deltas) writer.signed(field + 1, delta)
}

function writeExemplar(writer: ProtobufWriter, field: number, exemplar: Exemplar | undefined): void {
  if (exemplar === undefined || exemplar.traceId === '') return
  writer.message(field, () => {
    for (const [name, value] of [
      ['trace_id', exemplar.traceId],
      ['span_id', exemplar.spanId],
    ] as const) {
      writer.message(1, () => {
        writer.string(1, name)
        writer.string(2, value)
      })
    }
    writer.double(2, exemplar.value)
    writeTime(writer, 3, exemplar.unixMs)
  })
}

/** A `google.protobuf.Timestamp`. */
function writeTime(writer: ProtobufWriter, field: number, unixMs: number): void {
  const seconds = Math.floor(unixMs / 1000)
  writer.message(field, () => {
    writer.unsigned(1, Math.max(0, seconds))
    writer.unsigned(2, Math.floor((unixMs - seconds * 1000) * 1e6))
  })
}
