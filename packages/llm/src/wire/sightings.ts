import { AsyncLocalStorage } from 'node:async_hooks'
import { shared } from '@quipu/core'

/** What becomes of one request that passes several places where it could be observed. */
export interface Sighting {
  /** It is observed already: what is below leaves it alone. */
  readonly isObserved: boolean
  /** Something below observes it. */
  isSeen: boolean
  readonly outer: Sighting | undefined
}

const sightings = (): AsyncLocalStorage<Sighting> =>
  shared('llm.wire.sightings', () => new AsyncLocalStorage<Sighting>())

/** Whether what is sent here is observed already. */
export function isObservedAbove(): boolean {
  return sightings().getStore()?.isObserved === true
}

/** Tells those above that what is sent here is observed. */
export function sightHere(): void {
  for (let each = sightings().getStore(); each !== undefined; each = each.outer) each.isSeen = true
}

/** Runs a function, and tells whether something below it observed what it sent. */
export function runSighted<R>(
  { isObserved }: Pick<Sighting, 'isObserved'>,
  fn: () => R,
): { readonly result: R; readonly sighting: Sighting } {
  const storage = sightings()
  const sighting = { isObserved, isSeen: false, outer: storage.getStore() }
  return { result: storage.run(sighting, fn), sighting }
}
