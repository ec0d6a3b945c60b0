import { isObject } from '@quipu/catalog/builtin'
import { beforeCalls } from '../reports/before-calls.js'
import { failRequest, openRequestOf } from '../requests/request-registry.js'

const seen = new WeakSet<object>()

/**
 * Notes the errors that the routers of an application give to their layers, where routers do not publish them. The class of
 * the layers is that of its first one. Never throws.
 */
export function noteLayerErrors(application: unknown): void {
  if (typeof application !== 'function' || seen.has(application)) return
  const Layer = classOfLayers(application)
  if (Layer === undefined) return
  seen.add(application)
  if (seen.has(Layer)) return
  seen.add(Layer)
  // Of Express 4, and of 5.
  for (const name of ['handle_error', 'handleError']) {
    beforeCalls(Layer, name, (_layer, [error, request]) => {
      if (!isObject(request)) return
      failRequest(request, error)
      openRequestOf(request)?.framework?.noteFailure?.()
    })
  }
}

function classOfLayers(application: object): object | undefined {
  try {
    // Express 4 throws for `router`; that of Express 5 exists once requests are handled.
    const router: unknown = Reflect.get(application, '_router') ?? Reflect.get(application, 'router')
    const stack: unknown = Object(router).stack
    const layer: unknown = Array.isArray(stack) ? stack[0] : undefined
    return isObject(layer) ? Object.getPrototypeOf(layer) : undefined
  } catch {
    return undefined
  }
}
