import type { MetricSpec, MetricSpecs } from './types.js'
import { akiMetrics } from './vocabularies/aki.js'

type ConstantName<Name extends string> = Name extends `${infer Head}.${infer Tail}`
  ? `${Uppercase<Head>}_${ConstantName<Tail>}`
  : Uppercase<Name>

type LabelNamesOf<S> = S extends { readonly labels: infer L } ? keyof L & string : never

/** One constant per metric: `NEW_METRIC: 'new_metric'`. */
export type MetricConstants<M extends MetricSpecs> = { readonly [K in keyof M & string as ConstantName<K>]: K }

/** One constant per label: `MODEL_ID: 'model_id'`. */
export type DimensionConstants<M extends MetricSpecs> = {
  readonly [L in LabelNamesOf<M[keyof M]> as ConstantName<L>]: L
}

/**
 * Creates a constant for each metric; its value is the metric's key.
 *
 * @param metrics entries by key
 * @returns an object such as `{ NEW_METRIC: 'new_metric' }`; never throws
 * @example
 * toMetricNames({ new_metric: { kind: 'counter', help: 'Something new' } }).NEW_METRIC // 'new_metric'
 */
export function toMetricNames<const M extends MetricSpecs>(metrics: M): MetricConstants<M> {
  return toConstants(Object.keys(metrics)) as MetricConstants<M>
}

/**
 * Creates a constant for each label of the metrics.
 *
 * @param metrics entries by key
 * @returns an object such as `{ MODEL_ID: 'model_id' }`; never throws
 * @example
 * toDimensionNames({ orders: { kind: 'counter', help: 'Orders', labels: { channel: ['web'] } } }).CHANNEL // 'channel'
 */
export function toDimensionNames<const M extends MetricSpecs>(metrics: M): DimensionConstants<M> {
  const labels = Object.values<MetricSpec>(metrics).flatMap((spec) => Object.keys(spec.labels ?? {}))
  return toConstants(labels) as DimensionConstants<M>
}

function toConstants(names: readonly string[]): { readonly [constant: string]: string } {
  return Object.freeze(Object.fromEntries(names.map((name) => [name.replaceAll('.', '_').toUpperCase(), name])))
}

// The two metrics that exist on pages only are Quipu's; Aki's document does not define them.
const { aki_active_user: _counter, aki_active_users: _gauge, ...documented } = akiMetrics

/** Names of Aki's metrics: `MetricNames.TOKEN_INPUT` is `'token_input'`. */
export const MetricNames = toMetricNames(documented)

/** Names of Aki's dimensions: `DimensionNames.MODEL_ID` is `'model_id'`. */
export const DimensionNames = toDimensionNames(documented)

/** Name of one of Aki's metrics. */
export type MetricName = (typeof MetricNames)[keyof typeof MetricNames]
/** Name of one of Aki's dimensions. */
export type DimensionName = (typeof DimensionNames)[keyof typeof DimensionNames]
