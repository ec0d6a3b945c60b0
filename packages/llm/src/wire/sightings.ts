import { AsyncLocalStorage } from 'node:async_hooks'
import { shared } from '@quipu/core'

/** State of one request that passes several possible observers. */
export interface Sighting {
  /** Whether it is observed already, so that later ones ignore it. */
  readonly isObserved: boolean
  /** Whether a later observer observes it. */
  isSeen: boolean
  readonly outer: Sighting | undefined
}

const sightings = (): AsyncLocalStorage<Sighting> =>
  shared('llm.wire.sightings', () => new AsyncLocalStorage<Sighting>())

/** Returns whether requests sent here are observed already. */
export function isObservedAbove(): boolean {
  return sightings().getStore()?.isObserved === true
}

/** Reports to earlier observers that the request sent here is observed. */
export function sightHere(): void {
  for (let each = sightings().getStore(); each !== undefined; each = each.outer) each.isSeen = true
}

/** Runs a function, and reports whether a later observer has observed its request. */
export function runSighted<R>(
  { isObserved }: Pick<Sighting, 'isObserved'>,
  fn: () => R,
): { readonly result: R; readonly sighting: Sighting } {
  const storage = sightings()
  const sighting = { isObserved, isSeen: false, outer: storage.getStore() }
  return { result: storage.run(sighting, fn), sighting }
}
