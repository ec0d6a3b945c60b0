import type { GenAiProfile, Vocabulary } from '@quipu/catalog/builtin'
import type { LabelBag } from '@quipu/store'
import type { Mapping, MetricRow } from './mappings/mapping.js'

/** The internal interface of a recorder for observations. */
export interface ObservationTarget {
  /** Whether a metric of this vocabulary, and edition of the GenAI conventions, is recorded. */
  records(vocabulary: Vocabulary, profile: GenAiProfile | undefined): boolean
  write(metric: string, value: number, labels: LabelBag): void
  /** Counts the error of a row. */
  caught(error: unknown): void
}

/**
 * Writes the metrics of one observation in every enabled vocabulary. Each distinct label set is built once, by the
 * first row with a value; a row that throws does not affect the others.
 */
export function writeObservation<O>(mapping: Mapping<O>, observation: O, target: ObservationTarget): void {
  const { metrics, labelSets, labelSetOf } = mapping
  const built: (LabelBag | undefined)[] = []
  // Rows of one vocabulary and edition follow each other, so that each is asked for once.
  let asked: MetricRow<O> | undefined
  let isRecorded = false
  for (let i = 0; i < metrics.length; i++) {
    const row = metrics[i]
    if (row === undefined) continue
    if (row.vocabulary !== asked?.vocabulary || row.profile !== asked.profile) {
      asked = row
      isRecorded = target.records(row.vocabulary, row.profile)
    }
    if (!isRecorded) continue
    try {
      const value = row.value(observation)
      if (value === undefined) continue
      const set = labelSetOf[i] ?? 0
      built[set] ??= labelSets[set]?.(observation)
      target.write(row.metric, value, built[set] ?? {})
    } catch (error) {
      target.caught(error)
    }
  }
}
