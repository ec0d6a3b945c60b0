import type { MetricSpecs } from '../types.js'

const metric = { class: 'name', budget: 500, help: 'Metric of the catalogue' } as const
const exporter = { class: 'name', values: ['otlp', 'prometheus', 'console'], budget: 20 } as const
// The two pages, and those that an application mounts under names of its own.
const page = { class: 'name', values: ['metrics', 'custom_metrics'], budget: 20 } as const

const common = { privacy: 'none', merge: 'sum', vocabulary: 'self' } as const

/** What Quipu says of itself: what it did not take, what it folded, and whether what it took got out. */
export const selfMetrics = {
  quipu_dropped_total: {
    ...common,
    kind: 'counter',
    help: 'Observations and fields that were not taken',
    unit: '{observation}',
    labels: {
      metric,
      reason: {
        class: 'name',
        values: [
          'not_a_number',
          'not_finite',
          'negative',
          'bad_label',
          'missing_label',
          'undeclared_field',
          'bad_field',
          'unknown_metric',
          'unknown_event',
          'threw',
          'queue_full',
          'closed',
          'no_open_session',
          'unknown_session',
          'reentrant',
        ],
      },
    },
    source: 'usage.md §15',
  },
  quipu_folded_total: {
    ...common,
    kind: 'counter',
    help: 'Observations whose label value became "other", because it did not fit or the budget was spent',
    unit: '{observation}',
    labels: { metric, label: { class: 'name', budget: 500 } },
    source: 'usage.md §9',
  },
  quipu_guard_catches_total: {
    ...common,
    kind: 'counter',
    help: 'Errors of listeners, sinks, clocks and stores that were caught, by where',
    unit: '{error}',
    labels: { site: 'name' },
    source: 'T27',
  },
  quipu_series: {
    ...common,
    kind: 'gauge',
    help: 'Series that are held',
    unit: '{series}',
    labels: { metric },
    merge: 'live',
    source: 'T7',
  },
  quipu_scrapes_total: {
    ...common,
    kind: 'counter',
    help: 'Requests for a page',
    unit: '{request}',
    labels: { page, code: 'status' },
    source: 'usage.md §10',
  },
  quipu_scrape_duration_seconds: {
    ...common,
    kind: 'histogram',
    help: 'Time from a request for a page to its last byte',
    unit: 's',
    labels: { page },
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    source: 'usage.md §10',
  },
  quipu_scrapes_in_flight: {
    ...common,
    kind: 'gauge',
    help: 'Requests for a page that are being answered',
    unit: '{request}',
    merge: 'live',
    source: 'usage.md §10',
  },
  quipu_exports_total: {
    ...common,
    kind: 'counter',
    help: 'Attempts to export, by outcome',
    unit: '{export}',
    labels: { exporter, outcome: { class: 'name', values: ['success', 'retried', 'partial', 'failed'], budget: 20 } },
    source: 'usage.md §12',
  },
  quipu_export_points_total: {
    ...common,
    kind: 'counter',
    help: 'Data points that were to be exported, by what became of them',
    unit: '{point}',
    labels: { exporter, outcome: { class: 'name', values: ['delivered', 'held', 'rejected', 'dropped'], budget: 20 } },
    source: 'usage.md §12',
  },
  quipu_last_export_timestamp_seconds: {
    ...common,
    kind: 'gauge',
    help: 'Unix time of the last export that succeeded',
    unit: 's',
    labels: { exporter },
    merge: 'max',
    source: 'usage.md §12',
  },
  quipu_activity_lines_total: {
    ...common,
    kind: 'counter',
    help: 'Activity lines by what became of them',
    unit: '{line}',
    labels: { outcome: { class: 'name', values: ['written', 'dropped', 'failed'], budget: 20 } },
    source: 'usage.md §7',
  },
  quipu_spool_bytes: {
    ...common,
    kind: 'gauge',
    help: 'Bytes that wait on disk to be exported',
    unit: 'By',
    merge: 'live',
    source: 'usage.md §12',
  },
  quipu_workers_missing: {
    ...common,
    kind: 'gauge',
    help: 'Workers that did not answer the last scrape in time',
    unit: '{worker}',
    merge: 'max',
    source: 'usage.md §12',
  },
  quipu_info: {
    ...common,
    kind: 'gauge',
    help: 'The running version of Quipu; the value is 1',
    labels: { version: { class: 'name', budget: 10 } },
    merge: 'max',
    source: 'usage.md §15',
  },
} as const satisfies MetricSpecs
