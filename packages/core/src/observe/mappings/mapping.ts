import type {
  BuiltinEvents,
  BuiltinMetrics,
  FieldsOf,
  GenAiProfile,
  LabelsOf,
  Vocabulary,
} from '@quipu/catalog/builtin'
import { builtinCatalog, type MetricSpec } from '@quipu/catalog/builtin'
import type { LabelBag } from '@quipu/store'

/** A row of a mapping: a metric with labels and value of an observation. */
export interface MetricRow<O> {
  readonly vocabulary: Vocabulary
  readonly metric: keyof BuiltinMetrics
  /** The edition of the GenAI conventions that defines the metric; undefined if both do. */
  readonly profile: GenAiProfile | undefined
  readonly labels: (observation: O) => LabelBag
  /** The value to add, set or record; undefined if the observation has none. */
  readonly value: (observation: O) => number | undefined
}

/** A row of a mapping: an event of an observation. */
export interface EventRow<O> {
  readonly event: keyof BuiltinEvents
  /** The event's fields; undefined if the observation is not this event. */
  readonly fields: (observation: O) => LabelBag | undefined
}

/** The metrics and events of one kind of observation, in all vocabularies. */
export interface Mapping<O> {
  readonly metrics: readonly MetricRow<O>[]
  readonly events: readonly EventRow<O>[]
  /** The distinct label functions of the rows. Each builds one object per observation, which rows share. */
  readonly labelSets: readonly MetricRow<O>['labels'][]
  /** For each metric row, the index of its function in `labelSets`. */
  readonly labelSetOf: readonly number[]
}

/** Creates a mapping from rows. Rows with the same label function share its object. */
export function createMapping<O>(rows: {
  readonly metrics?: readonly MetricRow<O>[]
  readonly events?: readonly EventRow<O>[]
}): Mapping<O> {
  const { metrics = [], events = [] } = rows
  const labelSets = [...new Set(metrics.map((row) => row.labels))]
  return { metrics, events, labelSets, labelSetOf: metrics.map((row) => labelSets.indexOf(row.labels)) }
}

/** Creates a metric row with the labels that the metric's entry declares. */
export function metric<O, K extends keyof BuiltinMetrics>(
  vocabulary: Vocabulary,
  name: K,
  labels: (observation: O) => LabelsOf<BuiltinMetrics[K]>,
  value: (observation: O) => number | undefined,
): MetricRow<O> {
  const spec: MetricSpec = builtinCatalog.metrics[name]
  return { vocabulary, metric: name, profile: spec.profile, labels, value }
}

/** Creates an event row with the fields that the event's entry declares. */
export function event<O, K extends keyof BuiltinEvents>(
  name: K,
  fields: (observation: O) => FieldsOf<BuiltinEvents[K]> | undefined,
): EventRow<O> {
  return { event: name, fields }
}

/** Converts milliseconds to seconds. */
export const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000)

/** A positive count; undefined for others, so that nothing is recorded. */
export const positive = (count: number | undefined): number | undefined =>
  count !== undefined && count > 0 && Number.isFinite(count) ? count : undefined

/** 1 if the condition holds; otherwise undefined, so that nothing is recorded. */
export const once = (happened: boolean): number | undefined => (happened ? 1 : undefined)
