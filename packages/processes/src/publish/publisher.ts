import type { Store } from '@quipu/store'
import { hasCode } from '../identity/make-once.js'
import type { ProcessId } from '../identity/process-id.js'
import { type MetricPublication, publishMetric } from './metric-publication.js'
import { createPublicationFiles } from './publication-files.js'
import type { SeriesLine } from './published-series.js'

/** Lines about removed series that the file may hold before it is written again without them. */
const MAX_IDLE_LINES = 1000

/** Writes a process's numbers where the other processes of its group read them, also after its end. */
export interface Publisher {
  /**
   * Writes what changed since the last call, at once: it survives the process, however that ends.
   * @param options `sample`: also values that are sampled when they are read, such as the memory of the process
   * @returns whether anything was written
   */
  publish(options?: { readonly sample: boolean }): boolean
  /** Notes that the group's removals up to this one are applied. Call it after `publish()`, which ends the removed series. */
  noteApplied(number: number): void
  /** Gives a sign of life. When the files are gone, it creates them again and publishes everything. */
  beat(): void
  /** Publishes a last time, and ends what is live; counts stay. */
  close(): void
}

/**
 * Publishes a recorder's series in two files: `<id>.series` names them, one line each; `<id>.numbers` holds their numbers,
 * eight bytes each, changed in place. Only what changed is written. The page cache keeps what was written when the process
 * is killed. Both files stay as small as the largest number of series at a time requires.
 *
 * @throws Error when the files cannot be created
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
    // Numbers before names: a series that can be read has its numbers.
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
