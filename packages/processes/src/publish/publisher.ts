import type { Store } from '@quipu/store'
import { hasCode } from '../identity/make-once.js'
import type { ProcessId } from '../identity/process-id.js'
import { type MetricPublication, publishMetric } from './metric-publication.js'
import { createPublicationFiles } from './publication-files.js'
import type { SeriesLine } from './published-series.js'

/** Number of lines about removed series after which the file is written again without them. */
const MAX_IDLE_LINES = 1000

/** Writes a process's values where the other processes of its group read them, also after its end. */
export interface Publisher {
  /**
   * Writes the changes since the last call immediately, so that they survive the process.
   * @param options `sample`: include values that are sampled on reading, such as the memory of the process
   * @returns whether anything was written
   */
  publish(options?: { readonly sample: boolean }): boolean
  /**
   * Notes that the group's removals up to this one are applied. Call it after `publish()`, which ends the removed
   * series.
   */
  noteApplied(number: number): void
  /** Gives a sign of life. If the files are gone, it creates them again and publishes everything. */
  beat(): void
  /** Publishes a last time and ends live values; counts remain. */
  close(): void
}

/**
 * Publishes a recorder's series in two files: `<id>.series` names them, one line each; `<id>.numbers` has their
 * numbers, eight bytes each, changed in place. Only changes are written. Written data survive a kill in the page cache.
 * The size of both files is bounded by the maximum number of concurrent series.
 *
 * @throws Error if the files cannot be created
 */
export function createPublisher(
  directory: string,
  id: ProcessId,
  recorder: Pick<Store, 'readings' | 'clock'>,
): Publisher {
  let files = createPublicationFiles(directory, id)
  const metrics = new Map<string, MetricPublication>()
  let applied = 0
  let isOpen = true

  const write = (lines: readonly SeriesLine[]): void => {
    files.lines.add(lines)
    if (files.lines.length <= MAX_IDLE_LINES) return
    const needed: SeriesLine[] = [['applied', applied]]
    for (const metric of metrics.values()) needed.push(...metric.lines())
    if (files.lines.length > 2 * needed.length + MAX_IDLE_LINES) files.lines.replace(needed)
  }
  const publish: Publisher['publish'] = (options = { sample: false }) => {
    if (!isOpen) return false
    const lines: SeriesLine[] = []
    for (const reading of recorder.readings(options)) {
      const metric = metrics.get(reading.name) ?? publishMetric(reading, files.numbers, recorder.clock)
      metrics.set(reading.name, metric)
      lines.push(...metric.update())
    }
    // Numbers before names, so that a readable series has its numbers.
    const hasWritten = files.numbers.write()
    write(lines)
    files.show()
    return hasWritten || lines.length > 0
  }
  const renew = (): void => {
    const old = files
    files = createPublicationFiles(directory, id)
    metrics.clear()
    publish()
    write([['applied', applied]])
    old.close()
  }
  return {
    publish,
    noteApplied(number) {
      if (!isOpen) return
      applied = number
      write([['applied', number]])
    },
    beat() {
      if (!isOpen) return
      try {
        files.touch(new Date())
      } catch (error) {
        if (!hasCode(error, 'ENOENT')) throw error
        renew()
      }
    },
    close() {
      if (!isOpen) return
      publish()
      write([['end']])
      isOpen = false
      files.close()
    },
  }
}
