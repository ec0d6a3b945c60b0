import { isObject } from '@quipu/catalog/builtin'
import { observeH3 } from '../h3/observe-h3.js'
import { failEvent, type NodeEvent } from '../h3/observe-h3-events.js'

/** The parts of a Nitro application that are used. */
export interface NitroApplication {
  readonly hooks: {
    hook(name: 'request', step: (event: never) => void): unknown
    hook(name: 'error', step: (error: unknown, context: { readonly event?: unknown }) => void): unknown
  }
}

/**
 * Names the routes of an application that Nitro (2 and 3) has built, and notes its errors.
 * @param exports classes of h3 that the build contains, and `useNitroApp`, by their names
 * @returns whether their shape was recognised; never throws
 */
export function observeNitro(exports: unknown): boolean {
  if (!observeH3(exports)) return false
  try {
    const { useNitroApp } = Object(exports)
    if (typeof useNitroApp === 'function') noteNitroErrors(useNitroApp())
  } catch {
    // The errors of an application of another shape have no class.
  }
  return true
}

/** Notes the errors that Nitro reports to its hooks. Nitro 3 has none if the application uses none. */
export function noteNitroErrors({ hooks }: Partial<NitroApplication>): void {
  hooks?.hook('error', (error, context) => {
    if (isObject(context?.event)) failEvent(context.event as NodeEvent, error)
  })
}
