import { QuipuError } from '@quipu/catalog/builtin'
import { diag } from './runtime/registered-api.js'

/** Explanations of the reasons for which an observation is dropped. */
const causes: { readonly [reason: string]: string } = {
  not_a_number: 'the value is not a number',
  not_finite: 'the value, or the sum with it, is not finite',
  negative: 'the value is negative',
  bad_label: 'a label value is not a string, number, boolean or bigint',
  missing_label: 'a required label is missing',
  unknown_value: 'a label value is not in its closed set',
  threw: 'reading the labels threw an error',
  undeclared_field: 'the event has a field that its catalogue entry does not declare',
  bad_field: 'a field of the event has a value that its catalogue entry does not allow',
  unknown_metric: 'the catalogue has no such metric',
  unknown_event: 'the catalogue has no such event',
  queue_full: 'the queue is full',
  unknown_session: 'a session ended that had not started',
  reentrant: 'a listener of activity events emitted one itself',
  no_open_session: 'a session ended while none was open',
  type_conflict: 'another instrument has its name on the page and is of another type',
  name_taken: 'the catalogue has a metric of this name',
  callback_failed: 'its callback threw an error or exceeded the time limit',
  bad_metric: 'its data do not match the OpenTelemetry data model',
  delta_temporality: 'a page shows totals, and its data are deltas',
  kept_by_provider:
    'its series was removed, but the provider that it is attached to continues to export it; read the recorder ' +
    'through producer() to export no removed series',
  duplicate_series: 'another of its series has the same labels on the page',
}

const WORD = /^[\w.:-]{1,128}$/

/** Maximum number of distinct causes: an application repeats its mistakes. */
const MAX_CAUSES = 1000

/**
 * Reports each cause once per metric, through OpenTelemetry's `diag`; a strict recorder throws it instead. Values are
 * never shown.
 */
export function createDropLog(strict: boolean): (metric: string, reason: string) => void {
  const said = new Set<string>()
  return (metric, reason) => {
    const cause = (Object.hasOwn(causes, reason) && causes[reason]) || reason
    if (strict) {
      throw new QuipuError('QUIPU_STRICT', {
        what: `${metric} was not recorded: ${cause}.`,
        got: reason,
        fix: 'correct the call; a recorder that is not strict counts it on quipu_dropped_total and continues',
      })
    }
    // Reasons and names are identifiers; any other text could be content.
    if (!WORD.test(metric) || !WORD.test(reason)) return
    const key = `${metric}\n${reason}`
    if (said.has(key) || said.size >= MAX_CAUSES) return
    said.add(key)
    try {
      diag.warn(
        `quipu: ${metric} was not recorded: ${cause}. It is counted on quipu_dropped_total and not reported again.`,
      )
    } catch {
      // The application's logger threw. The drop has been counted already.
    }
  }
}
