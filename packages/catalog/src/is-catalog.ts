import { isRecord } from './is-object.js'
import type { Catalog, LabelClass, MetricKind } from './types.js'

const kinds: ReadonlySet<unknown> = new Set<MetricKind>(['counter', 'upDownCounter', 'gauge', 'histogram', 'summary'])
const classes: ReadonlySet<unknown> = new Set<LabelClass | 'count' | 'bytes'>([
  ...(['name', 'text', 'model', 'tool', 'route', 'method', 'status', 'errorType', 'mime', 'host', 'id'] as const),
  // Classes of event fields.
  ...(['count', 'bytes'] as const),
])

/**
 * Returns whether a value has the shape of a catalogue, so that recording its metrics cannot fail. For catalogues
 * written by hand; `defineMetrics` and `defineEvents` check more and explain what is wrong. Never throws.
 *
 * @example
 * isCatalog({ metrics: {}, events: {} }) // true
 */
export function isCatalog(value: unknown): value is Catalog {
  if (!isRecord(value)) return false
  const { metrics, events } = value
  return (
    isRecord(metrics) &&
    Object.values(metrics).every(isMetric) &&
    isRecord(events) &&
    Object.values(events).every(isEvent)
  )
}

function isMetric(spec: unknown): boolean {
  if (!isRecord(spec) || !kinds.has(spec.kind) || typeof spec.help !== 'string') return false
  const { unit = '', labels = {}, buckets = [], budget = 1 } = spec
  return typeof unit === 'string' && areLabels(labels) && areBounds(buckets) && isBudget(budget)
}

function isEvent(spec: unknown): boolean {
  return isRecord(spec) && areLabels(spec.fields)
}

function areLabels(labels: unknown): boolean {
  return isRecord(labels) && Object.values(labels).every(isLabel)
}

function isLabel(label: unknown): boolean {
  if (typeof label === 'string') return classes.has(label)
  if (Array.isArray(label)) return areTexts(label)
  if (!isRecord(label)) return false
  const { class: kind = 'name', values = [], template = '', budget = 1 } = label
  return classes.has(kind) && areTexts(values) && typeof template === 'string' && isBudget(budget)
}

function areTexts(values: unknown): boolean {
  return Array.isArray(values) && values.every((value) => typeof value === 'string')
}

function areBounds(bounds: unknown): boolean {
  return (
    Array.isArray(bounds) && bounds.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > bounds[i - 1]))
  )
}

function isBudget(budget: unknown): boolean {
  return Number.isSafeInteger(budget) && Number(budget) > 0
}
