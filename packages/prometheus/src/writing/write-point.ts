import type { ExponentialPoint, Family, Point, Quantile } from '../families/family.js'
import { toClassicBuckets } from './classic-buckets.js'
import { exemplarText } from './exemplar-text.js'
import { canonicalText } from './number-text.js'
import type { PageBytes } from './page-bytes.js'
import {
  type FamilyStyle,
  LINE_FEED,
  leTexts,
  numberAt,
  type TextOptions,
  writeHead,
  writeSample,
} from './text-style.js'

/** Writes all lines of one series. */
export function writePoint(
  out: PageBytes,
  family: Family,
  style: FamilyStyle,
  options: TextOptions,
  point: Point,
): void {
  const labels = family.labelText(point)
  writeSamples(out, family, style, options, point, labels)
  if (!options.created || options.dialect === 'text' || family.type === 'gauge' || family.type === 'info') return
  writeSample(out, style.created, labels, Math.round(family.createdUnixMs(point)) / 1000)
}

function writeSamples(
  out: PageBytes,
  family: Family,
  style: FamilyStyle,
  options: TextOptions,
  point: Point,
  labels: string,
): void {
  switch (family.type) {
    case 'histogram':
      if (point.exponential === undefined) writeHistogram(out, style, options, point, labels)
      else writeHistogram(out, style, options, classicPoint(point.exponential), labels)
      return
    case 'summary':
      writeSummary(out, style, options, point, labels, family.quantiles?.(point) ?? point.quantiles ?? [])
      return
    case 'counter':
      writeCounter(out, style, options, point, labels)
      return
    default:
      writeSample(out, style.value, labels, numberAt(point, 0))
  }
}

function writeCounter(
  out: PageBytes,
  style: FamilyStyle,
  { dialect }: TextOptions,
  point: Point,
  labels: string,
): void {
  writeHead(out, style.value, labels)
  out.number(numberAt(point, 0))
  if (dialect === 'openmetrics' && point.exemplars !== undefined) out.text(exemplarText(point.exemplars[0]))
  out.byte(LINE_FEED)
}

const COMMA = 0x2c
const quantileTexts = new Map<number, string>()

/** The end of a quantile's line up to its value, cached because catalogues declare only a few quantiles. */
function quantileText(quantile: number): string {
  const known = quantileTexts.get(quantile)
  if (known !== undefined) return known
  const text = `quantile="${canonicalText(quantile)}"} `
  if (quantileTexts.size < 100) quantileTexts.set(quantile, text)
  return text
}

function writeSummary(
  out: PageBytes,
  style: FamilyStyle,
  options: TextOptions,
  point: Point,
  labels: string,
  quantiles: readonly Quantile[],
): void {
  for (const { quantile, value } of quantiles) {
    out.raw(style.value.open)
    if (labels !== '') {
      out.text(labels)
      out.byte(COMMA)
    }
    out.text(quantileText(quantile))
    out.number(value)
    out.byte(LINE_FEED)
  }
  const sum = numberAt(point, 0)
  if (isSumAllowed(sum, options)) writeSample(out, style.sum, labels, sum)
  writeSample(out, style.count, labels, numberAt(point, 1))
}

/** OpenMetrics allows no negative sum and no NaN, because a sum is a counter. */
function isSumAllowed(sum: number, { dialect }: TextOptions): boolean {
  return dialect === 'text' || sum >= 0
}

function classicPoint(exponential: ExponentialPoint): Point {
  const { bounds, counts } = toClassicBuckets(exponential)
  return { data: [exponential.sum, ...counts], at: 0, bounds, exponential: undefined, exemplars: undefined }
}

function writeHistogram(out: PageBytes, style: FamilyStyle, options: TextOptions, point: Point, labels: string): void {
  const { data, at, exemplars } = point
  const les = point.bounds === undefined ? style.les : leTexts(point.bounds)
  const ends = labels === '' ? les.alone : les.afterLabels
  const withExemplars = exemplars !== undefined && options.dialect === 'openmetrics'
  // All bucket lines start alike: the beginning is written once and then copied.
  const start = out.length
  out.raw(style.bucket.open)
  out.text(labels)
  const shared = out.length - start
  let count = 0
  for (let i = 0; i < ends.length; i++) {
    if (i > 0) out.again(start, shared)
    const end = ends[i]
    if (end !== undefined) out.raw(end)
    count += data[at + 1 + i] ?? 0
    out.number(count)
    if (withExemplars) out.text(exemplarText(exemplars[i]))
    out.byte(LINE_FEED)
  }
  const sum = data[at] ?? 0
  const lowest = point.bounds === undefined ? style.lowest : (point.bounds[0] ?? 0)
  // OpenMetrics: a histogram with negative buckets "MUST NOT" have a sum, nor a count without a sum.
  if (options.dialect === 'openmetrics' && !(sum >= 0 && lowest >= 0)) return
  writeSample(out, style.sum, labels, sum)
  writeSample(out, style.count, labels, count)
}
