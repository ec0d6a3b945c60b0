import { isMeant, type MetricReading, type Recorder, type Removal } from '@quipu/core'
import type { Publisher } from '../publish/publisher.js'
import type { GroupRemoval, Retained } from './retained.js'
import type { RetainedStore } from './retained-store.js'

/** Removals that are remembered for those who have not applied them yet: who is stopped for longer keeps its series. */
const MAX_REMEMBERED = 10_000
/** Others may change what is retained at the same time; what cannot be said now is said at the next exchange. */
const MAX_TRIES = 5

/** Carries removals to all processes of a group: what one removes goes in all of them, and of what the dead have left. */
export interface Removals {
  /** Says what was removed here since last time, and removes what was removed elsewhere. */
  exchange(): void
  /** No longer notes what is removed here. */
  stop(): void
}

/** @param publisher publishes what came of it */
export function createRemovals(
  recorder: Pick<Recorder, 'readings'>,
  retained: RetainedStore,
  publisher: Pick<Publisher, 'publish' | 'sayApplied'>,
): Removals {
  let isStopped = false
  const heard = new Set<MetricReading>()
  let own: Omit<GroupRemoval, 'number'>[] = []
  retained.read()
  // What was removed before it began cannot be here.
  let applied = retained.number
  publisher.sayApplied(applied)

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
    for (const { metric, labels } of notApplied(retained.read().removals, applied)) {
      readings.find(({ name }) => name === metric)?.applyRemoval?.(labels)
    }
  }
  const sayOwn = (readings: readonly MetricReading[]): boolean => {
    const said = own
    const byName = new Map(readings.map((reading) => [reading.name, reading]))
    if (!retained.change((before, number) => withRemovals(before, said, number, byName))) return false
    own = own.slice(said.length)
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
        if (own.length === 0 || sayOwn(readings)) break
      }
      if (retained.number === applied) return
      applied = retained.number
      // What is gone first, and that it is gone after.
      publisher.publish()
      publisher.sayApplied(applied)
    },
  }
}

/** Those removals that a process had not yet applied when it published. */
export function notApplied(removals: readonly GroupRemoval[] = [], applied: number): readonly GroupRemoval[] {
  const first = removals.findIndex(({ number }) => number > applied)
  return first < 0 ? [] : removals.slice(first)
}

/** Whether a series goes by one of these removals. */
export function isRemoved(
  removals: readonly GroupRemoval[],
  name: string,
  labelNames: readonly string[],
  values: readonly (string | undefined)[],
): boolean {
  return removals.some(({ metric, labels }) => metric === name && isMeant(labels, labelNames, values))
}

function withRemovals(
  before: Retained,
  said: readonly { readonly metric: string; readonly labels: Removal }[],
  number: number,
  metrics: ReadonlyMap<string, MetricReading>,
): Retained {
  const added = said.map((removal) => ({ ...removal, number }))
  const series = before.series.filter(({ metric, shape, values }) => {
    const reading = metrics.get(metric)
    const plain = values.map((value) => value ?? undefined)
    const labels = shape?.labels ?? reading?.labelNames
    return labels === undefined || !isRemoved(added, metric, labels, plain)
  })
  return { ...before, series, removals: [...(before.removals ?? []), ...added].slice(-MAX_REMEMBERED) }
}
