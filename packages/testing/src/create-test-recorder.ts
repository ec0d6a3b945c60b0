import { formatMetricLine } from '@quipu/activity-log'
import type { BuiltinMetrics, EventSpecs, LabelsOf, MetricSpec, MetricSpecs } from '@quipu/catalog/builtin'
import { createRecorder, type Recorder, type RecorderClock, type RecorderOptions } from '@quipu/core'
import { readValue, type SeriesValue } from './read-value.js'
import { createTestClock, type TestClock } from './test-clock.js'

/** The labels of one series: all that the metric requires; no argument for a metric without labels. */
type LabelArgs<S extends MetricSpec> =
  Record<never, never> extends LabelsOf<S> ? [labels?: LabelsOf<S>] : [labels: LabelsOf<S>]

/** A recorder with a controllable clock and readable values. */
export interface TestRecorder<M extends MetricSpecs, E extends EventSpecs> extends Recorder<M, E> {
  readonly clock: TestClock & RecorderClock
  /**
   * Returns the value of the series with exactly these labels, typed by the catalogue.
   *
   * @param name the metric's name in the catalogue
   * @param labels all labels of the series
   * @returns a counter's sum, 0 if nothing was added; a gauge's value, undefined if it was not set; for a histogram or
   * summary `{ count, sum, buckets }`, zeros if nothing was recorded
   * @throws QuipuError QUIPU_STRICT for an unknown metric or label, or a value outside a closed set
   */
  value<K extends keyof (BuiltinMetrics & M) & string>(
    name: K,
    ...labels: LabelArgs<(BuiltinMetrics & M)[K]>
  ): SeriesValue<(BuiltinMetrics & M)[K]>
  /** The `[METRIC]` lines of all events, in order. */
  readonly lines: readonly string[]
}

/**
 * Creates a recorder for tests: strict (invalid input throws a QuipuError instead of being counted), with the activity
 * log on and a clock that only `advanceMs` moves. Ids are not replaced by pseudonyms, so that tests can name them.
 *
 * @param options `catalog`, and the other options of `createRecorder`
 * @returns a recorder with `value()`, `lines` and `advanceMs()`
 * @throws QuipuError QUIPU_CONFIG_INVALID, QUIPU_CATALOG_NAME_COLLISION
 * @example
 * const recorder = createTestRecorder()
 * recorder.trackUserAction('export_report')
 * recorder.value('user_action_total', { action_type: 'export_report' }) // 1
 */
export function createTestRecorder<
  const M extends MetricSpecs = Record<never, never>,
  const E extends EventSpecs = Record<never, never>,
>(options: Omit<RecorderOptions<M, E>, 'clock'> & { readonly clock?: TestClock } = {}): TestRecorder<M, E> {
  const clock = options?.clock ?? createTestClock()
  const recorder = createRecorder<M, E>({ strict: true, activityLog: true, ids: 'plain', ...options, clock })
  const lines: string[] = []
  recorder.onActivity((event) => lines.push(formatMetricLine(event)))
  return Object.create(recorder, {
    clock: { value: { ...clock, toUnixMs: recorder.clock.toUnixMs }, enumerable: true },
    lines: { value: lines, enumerable: true },
    value: {
      value: (name: string, labels: { readonly [name: string]: unknown } = {}) =>
        readValue(recorder.readings(), name, labels),
      enumerable: true,
    },
  })
}
