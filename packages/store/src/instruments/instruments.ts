import type { LabelsOf, MetricKind, MetricSpec, MetricSpecs } from '@quipu/catalog/builtin'

/** No argument for a metric without labels, an optional one if all labels are optional, otherwise a required one. */
type LabelArgs<L> = keyof L extends never ? [] : Record<never, never> extends L ? [labels?: L] : [labels: L]

interface Removable<L> {
  /** Stops exporting the series with these label values (all series without any) and returns their number. */
  remove(labels?: Partial<L>): number
}

/** A sum that never decreases. */
export interface Counter<L> extends Removable<L> {
  /** Adds to a series. Never throws: NaN, infinite, negative and other invalid values are dropped and counted. */
  add(value: number, ...labels: LabelArgs<L>): void
  /** Returns a handle on one series, the fastest way to record. It stays valid after the series is removed. */
  with(...labels: LabelArgs<L>): CounterHandle
}
export interface CounterHandle {
  add(value?: number): void
}

/** A sum that can decrease. */
export interface UpDownCounter<L> extends Counter<L> {}

/** A current value. */
export interface Gauge<L> extends Removable<L> {
  set(value: number, ...labels: LabelArgs<L>): void
  with(...labels: LabelArgs<L>): GaugeHandle
}
export interface GaugeHandle {
  set(value: number): void
}

/** A distribution of values. */
export interface Histogram<L> extends Removable<L> {
  /** Records a value in the metric's unit. Negative values are dropped and counted. Never throws. */
  record(value: number, ...labels: LabelArgs<L>): void
  with(...labels: LabelArgs<L>): HistogramHandle
}
export interface HistogramHandle {
  record(value: number): void
}

/** Count and sum of values. */
export interface Summary<L> extends Histogram<L> {}

/** The instrument of each kind. */
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
 * The instrument of one catalogue entry, with typed labels and values. For an unspecific entry
 * (`Instrument<MetricSpec>`), any kind with any labels; check the kind with `'add' in instrument`.
 */
export type Instrument<S extends MetricSpec> = InstrumentOf<S['kind'], LabelsOf<S>>

/** The instruments of a catalogue, by key. */
export type Instruments<M extends MetricSpecs> = { readonly [K in keyof M]: Instrument<M[K]> }
