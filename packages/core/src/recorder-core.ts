import { resolveOptions } from '@quipu/catalog/options'
import { createSafeClock, createSystemClock, type RecorderClock } from './clock.js'
import type { RecorderChoices } from './recorder-choices.js'
import type { UntypedRecorderOptions } from './recorder-options.js'
import { createDropLog } from './store/drop-log.js'
import { exemplarSourceOf } from './store/exemplar-source.js'
import { limitOptions } from './store/limit-options.js'
import { createStore, type Store } from './store/store.js'
import type { StoreContext } from './store/store-context.js'

/** A recorder's store, and what keeps a mistake from reaching the host. */
export interface RecorderCore {
  readonly clock: RecorderClock
  readonly context: StoreContext
  readonly store: Store
  /** Counts an observation that was not taken; a strict recorder throws it. */
  drop(metric: string, reason: string): void
  /** Counts an error of a listener, a sink, a clock or the store; a strict recorder throws it on. */
  caught(site: string, error: unknown): void
  /** Runs code whose errors must not reach the caller. */
  guard<T>(site: string, fn: () => T): T | undefined
}

export function createRecorderCore(options: UntypedRecorderOptions, choices: RecorderChoices): RecorderCore {
  const strict = options.strict ?? false
  const clock = createSafeClock(options.clock ?? createSystemClock())
  const reportDrop = createDropLog(strict)
  const drop = (metric: string, reason: string): void => {
    store.write('quipu_dropped_total', 1, { metric, reason })
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
  const store = createStore(context, choices)
  /** A self-metric that is over its budget would count itself, without end. */
  const countOther = (name: string, value: number, metric: string, labels: object): void => {
    if (!metric.startsWith('quipu_')) store.write(name, value, { ...labels })
  }
  const caught = (site: string, error: unknown): void => {
    if (strict) throw error
    store.write('quipu_guard_catches_total', 1, { site })
  }
  return {
    clock,
    context,
    store,
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
