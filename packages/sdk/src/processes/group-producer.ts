import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ImmediateMetricProducer, MetricReading, ProducerOptions } from '@quipu/core'
import type { MergedReadings } from './merged-readings.js'
import { readRetained, writeRetained } from './retained.js'

const EXPORTED = 'exported.json'
/** What is exported when the export that is under way is. */
const EXPORTING = 'exporting.json'

/** What a push reader of a group exports. */
export interface GroupProducer extends ImmediateMetricProducer {
  /** What was collected last was tried: it is the back end's (or refused), or waits for another time. */
  tried(isDelivered: boolean): void
}

interface Group extends Pick<MergedReadings, 'readings' | 'shown' | 'showing'> {
  leads(): boolean
  onLead(listener: () => void): void
}

/**
 * A producer that gives something while this process leads only. Deltas are since the last export of whoever led before:
 * a leader leaves behind what it had told the back end, and its successor begins there, so that nothing between two
 * leaders is lost. Of an export that was under way when its leader was killed nobody knows what became; it counts as told,
 * since what is told twice cannot be taken back.
 */
export function createGroupProducer(
  directory: string,
  group: Group,
  make: (readings: () => readonly MetricReading[]) => ImmediateMetricProducer,
  { temporality }: ProducerOptions,
): GroupProducer {
  const isDelta = temporality === 'delta'
  let source: () => readonly MetricReading[] = () => []
  let hasNote = false
  const producer = make(() => source())
  const collectFrom = (readings: typeof source): ReturnType<ImmediateMetricProducer['collectNow']> => {
    source = readings
    return producer.collectNow()
  }
  if (isDelta) {
    group.onLead(() => {
      moveAside(directory, true)
      collectFrom(() => group.showing(readRetained(directory, EXPORTED).series))
    })
  }

  const collectNow = (): ReturnType<ImmediateMetricProducer['collectNow']> => {
    if (!group.leads()) return collectFrom(() => [])
    const result = collectFrom(group.readings)
    if (isDelta) {
      hasNote = true
      writeRetained(directory, { absorbed: [], series: group.shown() }, EXPORTING)
    }
    return result
  }
  return {
    collectNow,
    collect: async () => collectNow(),
    tried(isDelivered) {
      // Who was replaced meanwhile must not take back what its successor has noted.
      if (hasNote && group.leads()) moveAside(directory, isDelivered)
      hasNote = false
    },
  }
}

/** What was being exported is exported, or is not. */
function moveAside(directory: string, isExported: boolean): void {
  const exporting = join(directory, EXPORTING)
  try {
    if (isExported) renameSync(exporting, join(directory, EXPORTED))
    else rmSync(exporting, { force: true })
  } catch {
    // Nothing was under way.
  }
}
