import { resolveOptions } from '@quipu/catalog/options'
import { createDropLog } from './drop-log.js'
import { createInstrumentTable, type InstrumentTable } from './instruments/instrument-table.js'
import { limitOptions } from './limit-options.js'
import { exemplarSourceOf } from './series/exemplar-source.js'
import type { StoreChoices } from './store-choices.js'
import type { StoreContext } from './store-context.js'
import type { UntypedStoreOptions } from './store-options.js'
import { createSafeClock, createSystemClock, type RecorderClock } from './time/clock.js'

/** A store's instruments, and the functions that keep its errors from the host. */
export interface StoreCore {
  readonly clock: RecorderClock
  readonly context: StoreContext
  readonly table: InstrumentTable
  /** Counts a dropped observation; a strict store throws. */
  drop(metric: string, reason: string): void
  /** Counts an error of a listener, a sink, a clock or the store; a strict store throws it. */
  caught(site: string, error: unknown): void
  /** Runs code whose errors must not reach the caller. */
  guard<T>(site: string, fn: () => T): T | undefined
}

export function createStoreCore(options: UntypedStoreOptions, choices: StoreChoices): StoreCore {
  const strict = options.strict ?? false
  const clock = createSafeClock(options.clock ?? createSystemClock())
  const reportDrop = createDropLog(strict)
  const drop = (metric: string, reason: string): void => {
    table.write('quipu_dropped_total', 1, { metric, reason })
    reportDrop(metric, reason)
  }
  const context: StoreContext = {
    clock,
    allow: options.allow ?? {},
    limits: resolveOptions(limitOptions, options.limits ?? {}),
    strict,
    declaredRoutes: new Set(),
    pseudonym: choices.ids.pseudonym,
    exemplarSource: exemplarSourceOf(options.exemplars, () => drop('exemplar', 'threw')),
    drop,
    fold: (metric, label) => countOther('quipu_folded_total', 1, metric, { metric, label }),
    leaveOut: (metric, count) => countOther('quipu_series_left_out', count, metric, { metric }),
  }
  const table = createInstrumentTable(context, (spec) => choices.exports(spec))
  /** A self-metric over its budget would count itself without end. */
  const countOther = (name: string, value: number, metric: string, labels: object): void => {
    if (!metric.startsWith('quipu_')) table.write(name, value, { ...labels })
  }
  const caught = (site: string, error: unknown): void => {
    if (strict) throw error
    table.write('quipu_guard_catches_total', 1, { site })
  }
  return {
    clock,
    context,
    table,
    drop,
    caught,
    guard(site, fn) {
      try {
        return fn()
      } catch (error) {
        caught(site, error)
        return undefined
      }
    },
  }
}
