import { isRemovedBy, type MetricReading, type Removal, type Store } from '@quipu/store'
import type { Publisher } from '../publish/publisher.js'
import type { Archive, GroupRemoval } from './archive.js'
import type { ArchiveStore } from './archive-store.js'

/**
 * Maximum number of removals for processes that have not applied them yet; one that is stopped for longer keeps its
 * series.
 */
const MAX_REMEMBERED = 10_000
/** Other processes may change the archive at the same time; a failed change is tried again at the next exchange. */
const MAX_TRIES = 5

/**
 * Carries removals to all processes of a group: a series that one removes is removed in all of them, and in the
 * archive.
 */
export interface Removals {
  /** Announces removals in this process since the last call, and applies those of other processes. */
  exchange(): void
  /** Stops recording removals in this process. */
  stop(): void
}

/** @param publisher publishes the result */
export function createRemovals(
  recorder: Pick<Store, 'readings'>,
  archive: ArchiveStore,
  publisher: Pick<Publisher, 'publish' | 'noteApplied'>,
): Removals {
  let isStopped = false
  const heard = new Set<MetricReading>()
  let own: Omit<GroupRemoval, 'number'>[] = []
  archive.read()
  // Series removed before this process joined cannot exist here.
  let applied = archive.number
  publisher.noteApplied(applied)

  const listen = (readings: readonly MetricReading[]): void => {
    if (readings.length === heard.size) return
    for (const reading of readings) {
      if (heard.has(reading)) continue
      heard.add(reading)
      reading.onRemoval?.((labels) => {
        if (!isStopped) own.push({ metric: reading.name, labels })
      })
    }
  }
  const applyOthers = (readings: readonly MetricReading[]): void => {
    for (const { metric, labels } of notApplied(archive.read().removals, applied)) {
      readings.find(({ name }) => name === metric)?.applyRemoval?.(labels)
    }
  }
  const announceOwn = (readings: readonly MetricReading[]): boolean => {
    const announced = own
    const byName = new Map(readings.map((reading) => [reading.name, reading]))
    if (!archive.change((before, number) => withRemovals(before, announced, number, byName))) return false
    own = own.slice(announced.length)
    return true
  }

  return {
    stop() {
      isStopped = true
    },
    exchange() {
      const readings = recorder.readings({ sample: false })
      listen(readings)
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        applyOthers(readings)
        if (own.length === 0 || announceOwn(readings)) break
      }
      if (archive.number === applied) return
      applied = archive.number
      // First the end of the series, then the note that the removal is applied.
      publisher.publish()
      publisher.noteApplied(applied)
    },
  }
}

/** Returns the removals that a process had not applied when it published. */
export function notApplied(removals: readonly GroupRemoval[] = [], applied: number): readonly GroupRemoval[] {
  const first = removals.findIndex(({ number }) => number > applied)
  return first < 0 ? [] : removals.slice(first)
}

/** Returns whether one of these removals selects the series. */
export function isRemoved(
  removals: readonly GroupRemoval[],
  name: string,
  labelNames: readonly string[],
  values: readonly (string | undefined)[],
): boolean {
  return removals.some(({ metric, labels }) => metric === name && isRemovedBy(labels, labelNames, values))
}

function withRemovals(
  before: Archive,
  announced: readonly { readonly metric: string; readonly labels: Removal }[],
  number: number,
  metrics: ReadonlyMap<string, MetricReading>,
): Archive {
  const added = announced.map((removal) => ({ ...removal, number }))
  const series = before.series.filter(({ metric, shape, values }) => {
    const reading = metrics.get(metric)
    const plain = values.map((value) => value ?? undefined)
    const labels = shape?.labels ?? reading?.labelNames
    return labels === undefined || !isRemoved(added, metric, labels, plain)
  })
  return { ...before, series, removals: [...(before.removals ?? []), ...added].slice(-MAX_REMEMBERED) }
}
