import { QuipuError } from '@quipu/catalog/builtin'
import { diag } from './runtime/registered-api.js'

/** What is said of the causes for which an observation was not taken. */
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
  queue_full: 'more came than can be held until somebody takes it',
  unknown_session: 'a session ended that had not started',
  reentrant: 'a listener to activity events said one itself',
  no_open_session: 'a session ended while none was open',
  type_conflict: 'another instrument has its name on the page and is of another type',
  name_taken: 'the catalogue has a metric of its name',
  callback_failed: 'its callback threw an error or did not answer in time',
  bad_metric: 'its data are not what the OpenTelemetry data model has',
  delta_temporality: 'a page shows totals, and it comes as differences',
  kept_by_provider:
    'its series was removed, but the provider it is attached to goes on exporting what it has collected; read the recorder ' +
    'through producer() to have removed series leave',
  duplicate_series: 'another of its series has the same labels on the page',
}

const WORD = /^[\w.:-]{1,128}$/

/** Most causes that are told apart; what an application does wrong, it does over and over. */
const MAX_CAUSES = 1000

/** Says each cause once per metric, through OpenTelemetry's `diag`; a strict recorder throws it instead. No value is ever said. */
export function createDropLog(strict: boolean): (metric: string, reason: string) => void {
  const said = new Set<string>()
  return (metric, reason) => {
    const cause = (Object.hasOwn(causes, reason) && causes[reason]) || reason
    if (strict) {
      throw new QuipuError('QUIPU_STRICT', {
        what: `${metric} was not recorded: ${cause}.`,
        got: reason,
        fix: 'correct the call; a recorder that is not strict counts it on quipu_dropped_total and goes on',
      })
    }
    // Reasons and names are words of programs; what is none could be content.
    if (!WORD.test(metric) || !WORD.test(reason)) return
    const key = `${metric}\n${reason}`
    if (said.has(key) || said.size >= MAX_CAUSES) return
    said.add(key)
    try {
      diag.warn(`quipu: ${metric} was not recorded: ${cause}. It is counted on quipu_dropped_total and not said again.`)
    } catch {
      // The logger is the application's, and throws: it has been counted all the same (T27).
    }
  }
}
