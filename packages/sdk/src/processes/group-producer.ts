import type { ImmediateMetricProducer, MetricReading, ProducerOptions } from '@quipu/core'
import type { MergedReadings } from './merged-readings.js'
import { type RetainedSeries, readRetained, writeRetained } from './retained.js'

const FILE = 'exported.json'

/** What a push reader of a group exports. */
export interface GroupProducer extends ImmediateMetricProducer {
  /** All that was collected has reached the back end, or never will. */
  delivered(): void
}

interface Group extends Pick<MergedReadings, 'readings' | 'shown' | 'showing'> {
  leads(): boolean
  onLead(listener: () => void): void
}

/**
 * A producer that gives something while this process leads only. Deltas are since the last export of whoever led before:
 * a leader leaves behind what it had told the back end, and its successor begins there, so that nothing is told twice and
 * nothing between two leaders is lost.
 */
export function createGroupProducer(
  directory: string,
  group: Group,
  make: (readings: () => readonly MetricReading[]) => ImmediateMetricProducer,
  { temporality }: ProducerOptions,
): GroupProducer {
  const isDelta = temporality === 'delta'
  let source: () => readonly MetricReading[] = () => []
  let collected: readonly RetainedSeries[] | undefined
  const producer = make(() => source())
  const collectFrom = (readings: typeof source): ReturnType<ImmediateMetricProducer['collectNow']> => {
    source = readings
    return producer.collectNow()
  }
  if (isDelta) group.onLead(() => collectFrom(() => group.showing(readRetained(directory, FILE).series)))

  const collectNow = (): ReturnType<ImmediateMetricProducer['collectNow']> => {
    if (!group.leads()) return collectFrom(() => [])
    const result = collectFrom(group.readings)
    if (isDelta) collected = group.shown()
    return result
  }
  return {
    collectNow,
    collect: async () => collectNow(),
    delivered() {
      if (collected === undefined) return
      // Who was replaced meanwhile must not take back what its successor has noted.
      if (group.leads()) writeRetained(directory, { absorbed: [], series: collected }, FILE)
      collected = undefined
    },
  }
}
