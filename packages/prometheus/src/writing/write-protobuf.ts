import type { Exemplar } from '@quipu/store'
import type { ExponentialPoint, Family, FamilyType, Point } from '../families/family.js'
import { cleanForeignText, unescapeLabelValue } from '../families/label-text.js'
import type { Pace } from '../pace.js'
import { toClassicBuckets } from './classic-buckets.js'
import { nativeSchema, toNativeBuckets } from './native-buckets.js'
import { borrowWriter, giveBackWriter, type ProtobufWriter } from './protobuf-writer.js'

/** `io.prometheus.client.MetricType`. */
const types: { readonly [T in FamilyType]: number } = { counter: 0, gauge: 1, summary: 2, histogram: 4, info: 1 }
const SERIES_PER_LOOK = 8
const PIECE_BYTES = 1 << 16

/**
 * Writes a family as one length-delimited `io.prometheus.client.MetricFamily`. An exponential histogram is a native
 * one, with the classic buckets of a text page for servers that do not accept native ones.
 */
export async function writeProtobuf(family: Family, pace: Pace): Promise<readonly Uint8Array[]> {
  const points = family.points()
  if (points.length === 0) return []
  const writer = borrowWriter()
  try {
    return await writePoints(writer, family, points, pace)
  } finally {
    giveBackWriter(writer)
  }
}

async function writePoints(
  writer: ProtobufWriter,
  family: Family,
  points: readonly Point[],
  pace: Pace,
): Promise<readonly Uint8Array[]> {
  const pieces: Uint8Array[] = []
  let length = 0
  const take = (): void => {
    length += writer.length
    pieces.push(writer.take())
  }
  writer.string(1, family.name)
  writer.string(2, cleanForeignText(family.help))
  writer.unsigned(3, types[family.type])
  for (let next = 0; next < points.length; ) {
    const end = Math.min(points.length, next + SERIES_PER_LOOK)
    for (; next < end; next++) {
      const point = points[next]
      if (point === undefined || point.removed === true) continue
      const start = writer.begin(4)
      writeMetric(writer, family, point)
      writer.end(start)
    }
    if (writer.length >= PIECE_BYTES) take()
    if (pace.due() && next < points.length) await pace.pause()
  }
  if (family.unit !== '' && family.name.includes(family.unit)) writer.string(5, family.unit)
  take()
  writer.varint(length)
  return [writer.take(), ...pieces]
}

function writeMetric(writer: ProtobufWriter, family: Family, point: Point): void {
  writeLabels(writer, family.labelText(point))
  const value = point.data[point.at] ?? 0
  switch (family.type) {
    case 'counter': {
      const start = writer.begin(3)
      writer.double(1, value)
      writeExemplar(writer, 2, point.exemplars?.[0])
      writeTime(writer, 3, family.createdUnixMs(point))
      writer.end(start)
      break
    }
    case 'summary': {
      const start = writer.begin(4)
      writer.unsigned(1, point.data[point.at + 1] ?? 0)
      writer.double(2, value)
      for (const quantile of family.quantiles?.(point) ?? point.quantiles ?? []) {
        const inner = writer.begin(3)
        writer.double(1, quantile.quantile)
        writer.double(2, quantile.value)
        writer.end(inner)
      }
      writeTime(writer, 4, family.createdUnixMs(point))
      writer.end(start)
      break
    }
    case 'histogram': {
      const start = writer.begin(7)
      writeHistogram(writer, point, point.bounds ?? family.bounds)
      writeTime(writer, 15, family.createdUnixMs(point))
      writer.end(start)
      break
    }
    default: {
      const start = writer.begin(2)
      writer.double(1, value)
      writer.end(start)
    }
  }
}

/**
 * Writes the label pairs of a label text by reading it in place: cutting pairs out would create four strings per
 * series.
 */
function writeLabels(writer: ProtobufWriter, text: string): void {
  for (let at = 0; at < text.length; ) {
    const start = writer.begin(1)
    at = writePart(writer, 1, text, at) + 1
    at = writePart(writer, 2, text, at) + 1
    writer.end(start)
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Writes a quoted or unquoted name or value that starts at an index. Returns the index after it. */
function writePart(writer: ProtobufWriter, field: number, text: string, at: number): number {
  if (text.charCodeAt(at) !== QUOTE) {
    const end = text.indexOf('=', at)
    writer.string(field, text, at, end)
    return end
  }
  const from = at + 1
  let end = from
  let isEscaped = false
  for (let code = text.charCodeAt(end); code !== QUOTE && end < text.length; code = text.charCodeAt(++end)) {
    if (code !== BACKSLASH) continue
    isEscaped = true
    end++
  }
  if (isEscaped) writer.string(field, unescapeLabelValue(text.slice(from, end)))
  else writer.string(field, text, from, end)
  return end + 1
}

function writeHistogram(writer: ProtobufWriter, point: Point, bounds: readonly number[]): void {
  const { exponential, exemplars } = point
  if (exponential === undefined) {
    writeBuckets(writer, bounds, point.data, point.at + 1, point.data[point.at] ?? 0, exemplars)
    return
  }
  const classic = toClassicBuckets(exponential)
  writeBuckets(writer, classic.bounds, classic.counts, 0, exponential.sum, undefined)
  writeNative(writer, exponential)
}

/** The counts of the buckets are at `counts[at…]`, not cumulative, the last for +Inf. */
function writeBuckets(
  writer: ProtobufWriter,
  bounds: readonly number[],
  counts: ArrayLike<number>,
  at: number,
  sum: number,
  exemplars: readonly (Exemplar | undefined)[] | undefined,
): void {
  let count = 0
  for (let i = 0; i <= bounds.length; i++) {
    count += counts[at + i] ?? 0
    const start = writer.begin(3)
    writer.unsigned(1, count)
    writer.double(2, bounds[i] ?? Number.POSITIVE_INFINITY)
    writeExemplar(writer, 3, exemplars?.[i])
    writer.end(start)
  }
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
  // An empty span marks a histogram without buckets as native.
  writeSide(writer, buckets.spans.length > 0 ? buckets : { spans: [{ offset: 0, length: 0 }], deltas: [] }, 12)
}

function writeSide(writer: ProtobufWriter, { spans, deltas }: ReturnType<typeof toNativeBuckets>, field: number): void {
  for (const { offset, length } of spans) {
    const start = writer.begin(field)
    writer.signed(1, offset)
    writer.unsigned(2, length)
    writer.end(start)
  }
  for (const delta of deltas) writer.signed(field + 1, delta)
}

function writeExemplar(writer: ProtobufWriter, field: number, exemplar: Exemplar | undefined): void {
  if (exemplar === undefined || exemplar.traceId === '') return
  const start = writer.begin(field)
  for (const [name, value] of [
    ['trace_id', exemplar.traceId],
    ['span_id', exemplar.spanId],
  ] as const) {
    const label = writer.begin(1)
    writer.string(1, name)
    writer.string(2, value)
    writer.end(label)
  }
  writer.double(2, exemplar.value)
  writeTime(writer, 3, exemplar.unixMs)
  writer.end(start)
}

/** A `google.protobuf.Timestamp`. */
function writeTime(writer: ProtobufWriter, field: number, unixMs: number): void {
  const seconds = Math.floor(unixMs / 1000)
  const start = writer.begin(field)
  writer.unsigned(1, Math.max(0, seconds))
  writer.unsigned(2, Math.floor((unixMs - seconds * 1000) * 1e6))
  writer.end(start)
}
