import type { MetricSpec, MetricSpecs } from './types.js'
import { akiMetrics } from './vocabularies/aki.js'

type ConstantName<Name extends string> = Name extends `${infer Head}.${infer Tail}`
  ? `${Uppercase<Head>}_${ConstantName<Tail>}`
  : Uppercase<Name>

type LabelNamesOf<S> = S extends { readonly labels: infer L } ? keyof L & string : never

/** One constant a metric: `NEW_METRIC: 'new_metric'`. */
export type MetricConstants<M extends MetricSpecs> = { readonly [K in keyof M & string as ConstantName<K>]: K }

/** One constant a label: `MODEL_ID: 'model_id'`. */
export type DimensionConstants<M extends MetricSpecs> = {
  readonly [L in LabelNamesOf<M[keyof M]> as ConstantName<L>]: L
}

/**
 * A constant for each metric, equal to its wire name (K30, K35).
 *
 * @example
 * toMetricNames({ new_metric: { kind: 'counter', help: 'Something new' } }).NEW_METRIC // 'new_metric'
 */
export function toMetricNames<const M extends MetricSpecs>(metrics: M): MetricConstants<M> {
  return toConstants(Object.keys(metrics)) as MetricConstants<M>
}

/** A constant for each label of the metrics, equal to its wire name (K34, K35). */
export function toDimensionNames<const M extends MetricSpecs>(metrics: M): DimensionConstants<M> {
  const labels = Object.values<MetricSpec>(metrics).flatMap((spec) => Object.keys(spec.labels ?? {}))
  return toConstants(labels) as DimensionConstants<M>
}

function toConstants(names: readonly string[]): { readonly [constant: string]: string } {
  return Object.freeze(Object.fromEntries(names.map((name) => [name.replaceAll('.', '_').toUpperCase(), name])))
}

// The two that only pages have are Quipu's, not the document's (T5).
const { aki_active_user: _counter, aki_active_users: _gauge, ...documented } = akiMetrics

/** The names of Aki's metrics: `MetricNames.TOKEN_INPUT` is `'token_input'` (K30, K35). */
export const MetricNames = toMetricNames(documented)

/** The names of Aki's dimensions: `DimensionNames.MODEL_ID` is `'model_id'` (K34, K35). */
export const DimensionNames = toDimensionNames(documented)

/** The wire name of one of Aki's metrics. */
export type MetricName = (typeof MetricNames)[keyof typeof MetricNames]
/** The wire name of one of Aki's dimensions. */
export type DimensionName = (typeof DimensionNames)[keyof typeof DimensionNames]
