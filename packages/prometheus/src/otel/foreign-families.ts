import type { MetricKind } from '@quipu/catalog/builtin'
import { pageTypes } from '../families/catalog-page.js'
import type { EscapingScheme } from '../families/escaping.js'
import type { Family, FamilyType } from '../families/family.js'
import { findClash, type TakenNames } from '../families/name-clash.js'
import { toPageName, unitInWords } from '../families/page-names.js'
import type { Pace } from '../pace.js'
import { foreignLabelText, type ScopeLabels } from './foreign-labels.js'
import { type ForeignPoint, mergeForeignPoint, otelKind, toForeignPoint } from './foreign-point.js'
import type { OtelDataPoint, OtelMetric, OtelScopeMetrics } from './otel-metrics.js'

export interface ForeignFamiliesOptions {
  readonly drop: (metric: string, reason: string) => void
  readonly scopeLabels: boolean
  /** Names on the other page. */
  readonly taken: TakenNames
  readonly scheme: EscapingScheme
}

/** Converts the metrics of a collection to families, one per name, across scopes. */
export interface ForeignFamilies {
  add(scope: OtelScopeMetrics['scope'], metric: OtelMetric, pace: Pace): Promise<void>
  families(): readonly Family[]
}

interface Building {
  readonly name: string
  readonly type: FamilyType
  readonly help: string
  readonly unit: string
  readonly points: Map<string, ForeignPoint>
}

/** Data points between two checks of the clock. */
const POINTS_PER_LOOK = 16

export function createForeignFamilies({ drop, scopeLabels, taken, scheme }: ForeignFamiliesOptions): ForeignFamilies {
  const byName = new Map<string, Building>()

  const familyOf = (metric: OtelMetric): Building | undefined => {
    const { name, description, unit } = metric.descriptor
    const kind = kindOf(metric)
    const pageName = typeof name === 'string' && kind !== undefined ? toPageName(name, kind, text(unit), scheme) : ''
    if (kind === undefined || pageName === '') {
      drop('otel', 'bad_metric')
      return undefined
    }
    if (kind !== 'gauge' && metric.aggregationTemporality !== CUMULATIVE) {
      drop(pageName, 'delta_temporality')
      return undefined
    }
    const type = pageTypes[kind]
    const clash = findClash(taken, { name: pageName, type })
    const known = byName.get(pageName)
    if (clash !== undefined || (known !== undefined && known.type !== type)) {
      drop(pageName, clash ?? 'type_conflict')
      return undefined
    }
    if (known !== undefined) return known
    const family = { name: pageName, type, help: text(description), unit: unitInWords(text(unit)), points: new Map() }
    byName.set(pageName, family)
    return family
  }

  return {
    async add(scope, metric, pace) {
      const family = familyOf(metric)
      if (family === undefined) return
      const labels = scopeLabels ? scopeLabelsOf(scope) : undefined
      let untilLook = POINTS_PER_LOOK
      for (const dataPoint of metric.dataPoints) {
        addPoint(family, metric, dataPoint, labels)
        if (--untilLook > 0) continue
        untilLook = POINTS_PER_LOOK
        if (pace.due()) await pace.pause()
      }
    },
    families: () => Array.from(byName.values(), toFamily),
  }

  function addPoint(family: Building, metric: OtelMetric, dataPoint: OtelDataPoint, scope?: ScopeLabels): void {
    const labels = foreignLabelText(dataPoint.attributes, family.type, scope, scheme)
    const point = labels === undefined ? undefined : toForeignPoint(metric, dataPoint, labels)
    const known = labels === undefined ? undefined : family.points.get(labels)
    if (labels === undefined) drop(family.name, 'bad_label')
    else if (point === undefined) drop(family.name, 'not_a_number')
    else if (known === undefined) family.points.set(labels, point)
    else if (!mergeForeignPoint(metric, known, point)) drop(family.name, 'duplicate_series')
  }
}

/** `aggregationTemporality` of @opentelemetry/sdk-metrics. */
const CUMULATIVE = 1

function kindOf({ dataPointType, isMonotonic }: OtelMetric): MetricKind | undefined {
  switch (dataPointType) {
    case otelKind.sum:
      return isMonotonic === true ? 'counter' : 'upDownCounter'
    case otelKind.gauge:
      return 'gauge'
    case otelKind.histogram:
    case otelKind.exponentialHistogram:
      return 'histogram'
    default:
      return undefined
  }
}

function scopeLabelsOf({ name, version }: OtelScopeMetrics['scope']): ScopeLabels {
  return { otel_scope_name: text(name), otel_scope_version: text(version) }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function toFamily({ name, type, help, unit, points }: Building): Family<ForeignPoint> {
  return {
    name,
    type,
    help,
    unit,
    bounds: [],
    points: () => Array.from(points.values()),
    labelText: (point) => point.labels,
    createdUnixMs: (point) => point.startUnixMs,
  }
}
