import { type BuiltinMetrics, builtinCatalog, type MetricSpecs } from '@quipu/catalog/builtin'
import { activityMetrics } from '../catalogue/activity-metrics.js'
import type { LabelVariable } from '../model/board.js'
import { createQueries, type Queries } from '../promql/queries.js'

/** The metrics that the built-in boards and rules read. */
export type BoardMetrics = BuiltinMetrics & typeof activityMetrics

/** All metrics that a board can query by name. */
export const boardMetrics: BoardMetrics = { ...builtinCatalog.metrics, ...activityMetrics }

/** Queries for Grafana and Perses: their windows depend on the panel, their series on the variables. */
export function boardQueries<M extends MetricSpecs>(
  metrics: M,
  filters: { readonly [label: string]: string } = {},
): Queries<M> {
  return createQueries(metrics, {
    rate: '$__rate_interval',
    range: '$__range',
    matchers: ['job=~"$job"'],
    filters: Object.fromEntries(Object.entries(filters).map(([label, name]) => [label, `${label}=~"$${name}"`])),
  })
}

/** The queries of the built-in boards. */
export const q = boardQueries(boardMetrics)

/** A variable of the jobs that have a metric. */
export function jobVariable(metric: string): LabelVariable {
  return { name: 'job', label: 'Job', metric, from: 'job' }
}
