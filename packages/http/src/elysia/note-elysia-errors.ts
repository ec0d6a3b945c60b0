import { isObject } from '@quipu/catalog/builtin'
import { wrapMethod } from '../reports/wrap-method.js'
import { failRequest } from '../requests/request-registry.js'
import type { SrvxRequest } from '../srvx/observe-srvx.js'
import type { ElysiaLike } from './elysia-routes.js'

type Handler = (this: unknown, context: unknown, ...rest: unknown[]) => unknown
type On = (this: unknown, ...args: unknown[]) => unknown

/**
 * Notes the errors for which an application responds itself. It adds no hook: with one, Elysia would respond differently to
 * unknown paths.
 */
export function noteElysiaErrors(app: ElysiaLike): void {
  let handleError: Handler = app.handleError
  const noting: Handler = function (context, error, ...rest) {
    note(context, error)
    return Reflect.apply(handleError, this, [context, error, ...rest])
  }
  Object.defineProperty(app, 'handleError', {
    configurable: true,
    enumerable: true,
    get: () => noting,
    // Elysia replaces it when it composes the handler of all requests.
    set(value: Handler) {
      if (value !== noting) handleError = value
    },
  })
}

/** Notes the errors that the application's own hooks for errors get, of one application or of all with this prototype. */
export function noteErrorsOfHooks(holder: object): void {
  wrapMethod<On>(holder, 'on', (on) => {
    return function (...args) {
      const isOfErrors = args[0] === 'error' || args[1] === 'error'
      return Reflect.apply(on, this, isOfErrors ? args.map(withNotes) : args)
    }
  })
}

/** By function, so that Elysia still finds a hook that it has already. */
const known = new WeakMap<object, unknown>()

/** One hook or several, as functions or objects that hold one. */
function withNotes(hooks: unknown): unknown {
  if (Array.isArray(hooks)) return hooks.map(withNotes)
  if (isHandler(hooks)) {
    const made = known.get(hooks) ?? new Proxy(hooks, { apply, get })
    known.set(hooks, made)
    return made
  }
  return isObject(hooks) && isHandler(hooks.fn) ? { ...hooks, fn: withNotes(hooks.fn) } : hooks
}

function apply(hook: Handler, self: unknown, args: readonly unknown[]): unknown {
  const [context] = args
  note(context, isObject(context) ? context.error : undefined)
  return Reflect.apply(hook, self, args)
}

/** Elysia reads the source of a hook, to find the properties that it uses. */
function get(hook: Handler, key: string | symbol): unknown {
  return key === 'toString' ? () => String(hook) : Reflect.get(hook, key)
}

function note(context: unknown, error: unknown): void {
  const request = isObject(context) ? (context.request as SrvxRequest | undefined) : undefined
  if (error !== undefined && request !== undefined) failRequest(request.runtime?.node?.req ?? request, error)
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function'
}
