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

/** One row of a mapping: which metric an observation means, with which labels and value. */
export interface MetricRow<O> {
  readonly vocabulary: Vocabulary
  readonly metric: keyof BuiltinMetrics
  /** The edition of the GenAI conventions that has the metric; undefined when both have. */
  readonly profile: GenAiProfile | undefined
  readonly labels: (observation: O) => LabelBag
  /** What to add, set or record; undefined when the observation does not have it. */
  readonly value: (observation: O) => number | undefined
}

/** One row of a mapping: which event an observation is. */
export interface EventRow<O> {
  readonly event: keyof BuiltinEvents
  /** The event's fields; undefined when the observation is not this event. */
  readonly fields: (observation: O) => LabelBag | undefined
}

/** What one kind of observation means in every vocabulary. */
export interface Mapping<O> {
  readonly metrics: readonly MetricRow<O>[]
  readonly events: readonly EventRow<O>[]
  /** The distinct label functions of the rows; each builds one object for an observation, however many rows share it. */
  readonly labelSets: readonly MetricRow<O>['labels'][]
  /** For each metric row, the index of its function in `labelSets`. */
  readonly labelSetOf: readonly number[]
}

/** A mapping of these rows; rows that share a label function share the object it builds. */
export function createMapping<O>(rows: {
  readonly metrics?: readonly MetricRow<O>[]
  readonly events?: readonly EventRow<O>[]
}): Mapping<O> {
  const { metrics = [], events = [] } = rows
  const labelSets = [...new Set(metrics.map((row) => row.labels))]
  return { metrics, events, labelSets, labelSetOf: metrics.map((row) => labelSets.indexOf(row.labels)) }
}

/** A metric row, with the labels that the metric's catalogue entry declares. */
export function metric<O, K extends keyof BuiltinMetrics>(
  vocabulary: Vocabulary,
  name: K,
  labels: (observation: O) => LabelsOf<BuiltinMetrics[K]>,
  value: (observation: O) => number | undefined,
): MetricRow<O> {
  const spec: MetricSpec = builtinCatalog.metrics[name]
  return { vocabulary, metric: name, profile: spec.profile, labels, value }
}

/** An event row, with the fields that the event's catalogue entry declares. */
export function event<O, K extends keyof BuiltinEvents>(
  name: K,
  fields: (observation: O) => FieldsOf<BuiltinEvents[K]> | undefined,
): EventRow<O> {
  return { event: name, fields }
}

/** Milliseconds as seconds. */
export const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000)

/** A count above 0; undefined for anything else, so that nothing is recorded. */
export const positive = (count: number | undefined): number | undefined =>
  count !== undefined && count > 0 && Number.isFinite(count) ? count : undefined

/** 1 for a condition that holds; undefined, so that nothing is recorded, otherwise. */
export const once = (happened: boolean): number | undefined => (happened ? 1 : undefined)
