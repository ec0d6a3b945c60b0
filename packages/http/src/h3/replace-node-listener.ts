import { isObject } from '@quipu/catalog/builtin'
import { replaceDeclared } from '../reports/replace-declared.js'
import { noteFailure } from '../requests/request-registry.js'
import type { NodeEvent } from './observe-h3-events.js'

type Handle = (this: unknown, event: NodeEvent) => unknown
type ToNodeListener = (this: unknown, ...args: unknown[]) => unknown

/** The function of h3 1 that is replaced. */
export const H3_FUNCTION = 'toNodeListener'

/**
 * Returns a `toNodeListener` of h3 1 whose listener notes what the handlers of an application throw. The application itself
 * stays unchanged.
 *
 * @param original `toNodeListener`
 * @param exports the exports of its module
 * @returns the function to use; never throws
 */
export function replaceNodeListener(_name: string, original: unknown, exports: unknown): unknown {
  return replaceDeclared<ToNodeListener>(H3_FUNCTION, original, exports, (toNodeListener) => {
    return function (app, ...rest) {
      return Reflect.apply(toNodeListener, this, [isObject(app) ? withNotedErrors(app) : app, ...rest])
    }
  })
}

/** A view of an application, which reads everything but the handler from it. */
function withNotedErrors(app: object): object {
  const handler: Handle = (event) => {
    const run = (): unknown => Reflect.apply(Reflect.get(app, 'handler') as Handle, app, [event])
    const request = event.node?.req
    return request === undefined ? run() : noteFailure(request, run)
  }
  return Object.create(app, { handler: { value: handler } })
}
