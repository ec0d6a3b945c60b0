import type { LabelsOf, MetricKind, MetricSpec, MetricSpecs } from '@quipu/catalog/builtin'

/** No argument for a metric without labels, an optional one when all labels are optional, else a required one. */
type LabelArgs<L> = keyof L extends never ? [] : Record<never, never> extends L ? [labels?: L] : [labels: L]

interface Removable<L> {
  /** Stops exporting the series that carry these label values (all series when none are given); returns how many. */
  remove(labels?: Partial<L>): number
}

/** Adds up what happened; never goes down. */
export interface Counter<L> extends Removable<L> {
  /** Adds to a series. Never throws: NaN, infinite, negative or non-number values are dropped and counted. */
  add(value: number, ...labels: LabelArgs<L>): void
  /** A handle on one series: the fastest way to record. It stays good when the series is removed. */
  with(...labels: LabelArgs<L>): CounterHandle
}
export interface CounterHandle {
  add(value?: number): void
}

/** Adds up what comes and goes; may go down. */
export interface UpDownCounter<L> extends Counter<L> {}

/** Says how much there is now. */
export interface Gauge<L> extends Removable<L> {
  set(value: number, ...labels: LabelArgs<L>): void
  with(...labels: LabelArgs<L>): GaugeHandle
}
export interface GaugeHandle {
  set(value: number): void
}

/** Says how values are distributed. */
export interface Histogram<L> extends Removable<L> {
  /** Records a value in the metric's unit; negative ones are dropped and counted. */
  record(value: number, ...labels: LabelArgs<L>): void
  with(...labels: LabelArgs<L>): HistogramHandle
}
export interface HistogramHandle {
  record(value: number): void
}

/** Says how many values there were and their sum. */
export interface Summary<L> extends Histogram<L> {}

/** One instrument for each kind that there may be. */
type InstrumentOf<K extends MetricKind, L> = K extends 'counter'
  ? Counter<L>
  : K extends 'upDownCounter'
    ? UpDownCounter<L>
    : K extends 'gauge'
      ? Gauge<L>
      : K extends 'histogram'
        ? Histogram<L>
        : Summary<L>

/**
 * The instrument of one catalogue entry, its labels and their values typed. Of an entry that is not known in detail
 * (`Instrument<MetricSpec>`), any of them with any labels: `'add' in instrument` tells which.
 */
export type Instrument<S extends MetricSpec> = InstrumentOf<S['kind'], LabelsOf<S>>

/** The instruments of a catalogue, by their entries' keys. */
export type Instruments<M extends MetricSpecs> = { readonly [K in keyof M]: Instrument<M[K]> }
