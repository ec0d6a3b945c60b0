import { toClassicBuckets } from './classic-buckets.js'
import { exemplarText } from './exemplar-text.js'
import type { Family, Point } from './family.js'
import { canonicalText, valueText } from './number-text.js'
import { type FamilyStyle, leTexts, numberAt, sampleLine, type TextOptions } from './text-style.js'

/** All lines of one series. */
export function writePoint(family: Family, style: FamilyStyle, options: TextOptions, point: Point): string {
  const labels = family.labelText(point)
  const text = samples(family, style, options, point, labels)
  if (!options.created || options.dialect === 'text' || family.type === 'gauge' || family.type === 'info') return text
  return text + sampleLine(style.created, labels, Math.round(family.createdUnixMs(point)) / 1000)
}

function samples(family: Family, style: FamilyStyle, options: TextOptions, point: Point, labels: string): string {
  switch (family.type) {
    case 'histogram':
      return histogram(style, options, point, labels)
    case 'summary':
      return summary(style, options, point, labels)
    case 'counter':
      return counter(style, options, point, labels)
    default:
      return sampleLine(style.value, labels, numberAt(point, 0))
  }
}

function counter(style: FamilyStyle, { dialect }: TextOptions, point: Point, labels: string): string {
  const line = sampleLine(style.value, labels, numberAt(point, 0))
  if (dialect === 'text' || point.exemplars === undefined) return line
  return `${line.slice(0, -1)}${exemplarText(point.exemplars[0])}\n`
}

function summary(style: FamilyStyle, options: TextOptions, point: Point, labels: string): string {
  let text = ''
  for (const { quantile, value } of point.quantiles ?? []) {
    const label = `quantile="${canonicalText(quantile)}"`
    text += sampleLine(style.value, labels === '' ? label : `${labels},${label}`, value)
  }
  const sum = numberAt(point, 0)
  if (isSumAllowed(sum, options)) text += sampleLine(style.sum, labels, sum)
  return text + sampleLine(style.count, labels, numberAt(point, 1))
}

/** OpenMetrics takes no sum that is negative or not a number: it could not be a counter's. */
function isSumAllowed(sum: number, { dialect }: TextOptions): boolean {
  return dialect === 'text' || sum >= 0
}

function histogram(style: FamilyStyle, options: TextOptions, point: Point, labels: string): string {
  const { exponential } = point
  if (exponential !== undefined) {
    const { bounds, counts } = toClassicBuckets(exponential)
    const classic: Point = {
      data: [exponential.sum, ...counts],
      at: 0,
      bounds,
      exponential: undefined,
      exemplars: undefined,
    }
    return histogram(style, options, classic, labels)
  }
  const { data, at, exemplars } = point
  const les = point.bounds === undefined ? style.les : leTexts(point.bounds)
  const ends = labels === '' ? les.alone : les.afterLabels
  const start = style.bucket + labels
  const withExemplars = exemplars !== undefined && options.dialect === 'openmetrics'
  let text = ''
  let count = 0
  for (let i = 0; i < ends.length; i++) {
    count += data[at + 1 + i] ?? 0
    text += start
    text += ends[i]
    text += integerText(count)
    if (withExemplars) text += exemplarText(exemplars[i])
    text += '\n'
  }
  const sum = data[at] ?? 0
  const lowest = point.bounds === undefined ? style.lowest : (point.bounds[0] ?? 0)
  // OpenMetrics: "MUST NOT" have a sum with negative buckets, and no count without a sum.
  if (options.dialect === 'openmetrics' && !(sum >= 0 && lowest >= 0)) return text
  return `${text}${sampleLine(style.sum, labels, sum)}${sampleLine(style.count, labels, count)}`
}

/** A count that came out of a Float64Array: as a small integer it is a string that V8 already has. */
function integerText(count: number): string {
  return count === (count | 0) ? String(count | 0) : valueText(count)
}
