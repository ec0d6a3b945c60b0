import type { GenAiProfile, Vocabulary } from '@quipu/catalog/builtin'
import type { LabelBag } from '@quipu/store'
import type { Mapping } from './mappings/mapping.js'

/** What an observation is written to: one recorder's inside. */
export interface ObservationTarget {
  /** Whether a metric of this vocabulary, and edition of the GenAI conventions, is recorded. */
  records(vocabulary: Vocabulary, profile: GenAiProfile | undefined): boolean
  write(metric: string, value: number, labels: LabelBag): void
  /** Counts what a row threw. */
  caught(error: unknown): void
}

/**
 * Writes the metrics of one observation in every vocabulary that is on. Each distinct label set is built once, by the
 * first row that has a value for it; a row that throws costs no other row.
 */
export function writeObservation<O>(mapping: Mapping<O>, observation: O, target: ObservationTarget): void {
  const { metrics, labelSets, labelSetOf } = mapping
  const built: (LabelBag | undefined)[] = []
  for (let i = 0; i < metrics.length; i++) {
    const row = metrics[i]
    if (row === undefined || !target.records(row.vocabulary, row.profile)) continue
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
