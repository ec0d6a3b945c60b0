import { AsyncLocalStorage } from 'node:async_hooks'
import { shared } from '@quipu/core'

/** A request that passes several sources, each of which could observe it: one of them does. */
export interface ObservationScope {
  /** Whether the source that opened this scope observes the request, so that those inside ignore it. */
  readonly isObserved: boolean
  /** Whether a source inside this scope observes the request. */
  isObservedInside: boolean
  readonly outer: ObservationScope | undefined
}

const scopes = (): AsyncLocalStorage<ObservationScope> =>
  shared('wire.observation-scopes', () => new AsyncLocalStorage<ObservationScope>())

/** Returns whether a source outside observes the requests sent here already. */
export function isObservedOutside(): boolean {
  return scopes().getStore()?.isObserved === true
}

/** Reports to the scopes around it that the request sent here is observed. */
export function reportObserved(): void {
  for (let each = scopes().getStore(); each !== undefined; each = each.outer) each.isObservedInside = true
}

/** Runs a function that sends a request in a scope of its own, and returns that scope with the result. */
export function runInScope<R>(
  isObserved: boolean,
  fn: () => R,
): { readonly result: R; readonly scope: ObservationScope } {
  const storage = scopes()
  const scope = { isObserved, isObservedInside: false, outer: storage.getStore() }
  return { result: storage.run(scope, fn), scope }
}
