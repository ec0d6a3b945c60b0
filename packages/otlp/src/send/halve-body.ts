import { fieldsOf, lengthField } from '../protobuf-fields.js'
import type { Encoding } from '../spool/spool-file.js'

/** A part of a batch in encoded form. */
export interface BatchPart {
  readonly body: Uint8Array
  /** Data points or log records in it. */
  readonly count: number
}

/**
 * Splits an encoded batch into two requests with half of its data points or log records each, repeating resource, scope
 * and metric as needed. It works on the bytes, because a batch on disk has no other form.
 * @returns undefined for a batch of one, or one that cannot be read
 */
export function halveBody(
  body: Uint8Array,
  encoding: Encoding,
  signal: 'metrics' | 'logs',
): readonly [BatchPart, BatchPart] | undefined {
  try {
    const cut =
      encoding === 'json'
        ? cutJson(JSON.parse(textOf(body)), JSON_PATHS[signal])
        : cutProtobuf(body, PROTOBUF_PATHS[signal])
    const all = cut(0, Number.POSITIVE_INFINITY).count
    const middle = Math.ceil(all / 2)
    return all < 2 ? undefined : [cut(0, middle), cut(middle, all)]
  } catch {
    return undefined
  }
}

/** Returns the batch with the leaves whose index is at least `from` and below `to`. */
type Cut = (from: number, to: number) => BatchPart

/** The fields between a request and its leaves, in opentelemetry-proto. */
interface Path {
  readonly [field: string]: Path | 'leaf'
}

const points: Path = { dataPoints: 'leaf' }
const kinds: Path = { gauge: points, sum: points, histogram: points, exponentialHistogram: points, summary: points }
const JSON_PATHS = {
  metrics: { resourceMetrics: { scopeMetrics: { metrics: kinds } } },
  logs: { resourceLogs: { scopeLogs: { logRecords: 'leaf' } } },
} as const satisfies { readonly [signal: string]: Path }

const pointFields: Path = { 1: 'leaf' }
const kindFields: Path = { 5: pointFields, 7: pointFields, 9: pointFields, 10: pointFields, 11: pointFields }
const PROTOBUF_PATHS = {
  metrics: { 1: { 2: { 2: kindFields } } },
  logs: { 1: { 2: { 2: 'leaf' } } },
} as const satisfies { readonly [signal: string]: Path }

/** Counts leaves and decides which of them are within the range. */
function createRange(from: number, to: number) {
  let index = 0
  return {
    kept: 0,
    takes(): boolean {
      const isWithin = index >= from && index < to
      index++
      if (isWithin) this.kept++
      return isWithin
    },
  }
}
type Range = ReturnType<typeof createRange>

function cutProtobuf(body: Uint8Array, path: Path): Cut {
  return (from, to) => {
    const range = createRange(from, to)
    return { body: messageWithin(body, path, range) ?? new Uint8Array(), count: range.kept }
  }
}

/** @returns undefined without a leaf within the range */
function messageWithin(message: Uint8Array, path: Path, range: Range): Uint8Array | undefined {
  const before = range.kept
  const parts: Uint8Array[] = []
  for (const { number, value, bytes } of fieldsOf(message)) {
    const next = path[number]
    if (next === undefined) parts.push(bytes)
    else if (next === 'leaf') {
      if (range.takes()) parts.push(bytes)
    } else if (value instanceof Uint8Array) {
      const inner = messageWithin(value, next, range)
      if (inner !== undefined) parts.push(lengthField(number, inner))
    }
  }
  return range.kept === before ? undefined : Buffer.concat(parts)
}

function cutJson(request: unknown, path: Path): Cut {
  return (from, to) => {
    const range = createRange(from, to)
    return { body: Buffer.from(JSON.stringify(valueWithin(request, path, range) ?? {})), count: range.kept }
  }
}

/** @returns undefined without a leaf within the range */
function valueWithin(value: unknown, path: Path | 'leaf', range: Range): unknown {
  if (Array.isArray(value)) {
    const kept = value.map((each: unknown) => valueWithin(each, path, range)).filter((each) => each !== undefined)
    return kept.length === 0 ? undefined : kept
  }
  if (path === 'leaf') return range.takes() ? value : undefined
  const before = range.kept
  const entries = Object.entries(Object(value)).flatMap(([key, each]): readonly (readonly [string, unknown])[] => {
    const next = path[key]
    const kept = next === undefined ? each : valueWithin(each, next, range)
    return kept === undefined ? [] : [[key, kept]]
  })
  return range.kept === before ? undefined : Object.fromEntries(entries)
}

function textOf(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
}
