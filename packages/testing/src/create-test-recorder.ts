import { formatMetricLine } from '@quipu/activity-log'
import type { EventSpecs, MetricSpecs } from '@quipu/catalog/builtin'
import { createRecorder, type Recorder, type RecorderClock, type RecorderOptions } from '@quipu/core'
import { type DistributionValue, readValue } from './read-value.js'
import { createTestClock, type TestClock } from './test-clock.js'

/** A recorder whose clock is yours and whose values can be asked for. */
export interface TestRecorder<M extends MetricSpecs, E extends EventSpecs> extends Recorder<M, E> {
  readonly clock: TestClock & RecorderClock
  /**
   * The value of the series with exactly these labels: a number, or `{ count, sum, buckets }`; undefined when there is
   * none. The metric goes by its key or by any name that it is exported under.
   */
  value(name: string, labels?: { readonly [name: string]: unknown }): number | DistributionValue | undefined
  /** The `[METRIC]` lines that would have been written, in order. */
  readonly lines: readonly string[]
}

/**
 * Makes a recorder for tests: strict (bad input throws a QuipuError instead of being counted), the activity log on, and
 * a clock that stands still until `advanceMs`. Ids are kept as they are, so that tests can name them.
 *
 * @example
 * const recorder = createTestRecorder()
 * recorder.trackUserAction('export_report')
 * recorder.value('user_action_total', { action_type: 'export_report' }) // 1
 */
export function createTestRecorder<
  const M extends MetricSpecs = Record<never, never>,
  const E extends EventSpecs = Record<never, never>,
>(options: Omit<RecorderOptions<M, E>, 'clock'> & { readonly clock?: TestClock } = {}): TestRecorder<M, E> {
  const clock = options.clock ?? createTestClock()
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
