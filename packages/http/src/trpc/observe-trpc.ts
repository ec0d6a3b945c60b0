import { isObject } from '@quipu/catalog/builtin'
import { wrapMethod } from '../reports/wrap-method.js'
import { readRoutesOf } from '../requests/request-registry.js'
import { BATCH, quipuTrpc, type TrpcCall } from './quipu-trpc.js'

type Create = (this: unknown, ...args: unknown[]) => unknown
type Middleware = <R>(call: TrpcCall<R>) => Promise<R>

/** Maximum number of procedures whose requests are recognised by their path. */
const MAX_PROCEDURES = 1000

/**
 * Observes the procedures of every tRPC instance (10 and 11) that is created from now on, as `quipuTrpc` does. Where the
 * context of a procedure has no request, a request is recognised by the procedures in its path, which have run before.
 * @param exports what `import('@trpc/server')` resolves to
 * @returns whether the module's shape was recognised; never throws
 * @example
 * observeTrpc(await import('@trpc/server'))
 */
export function observeTrpc(exports: unknown): boolean {
  const builder: unknown = isObject(exports) ? Reflect.get(exports, 'initTRPC') : undefined
  if (!isObject(builder)) return false
  const known = new Set<string>()
  const count = quipuTrpc()
  const middleware: Middleware = (call) => {
    if (known.size < MAX_PROCEDURES) known.add(call.path)
    return count(call)
  }
  readRoutesOf('trpc', (request) => routeOf(Reflect.get(request, 'url'), known))
  return wrapMethod<Create>(Object.getPrototypeOf(builder), 'create', (create) => {
    return function (...args) {
      return observed(Reflect.apply(create, this, args), middleware)
    }
  })
}

/** Gives the builder of all procedures the middleware. An instance of another shape stays unchanged. */
function observed(instance: unknown, middleware: Middleware): unknown {
  try {
    const builder: unknown = isObject(instance) ? Reflect.get(instance, 'procedure') : undefined
    const use: unknown = isObject(builder) ? Reflect.get(builder, 'use') : undefined
    if (!isObject(instance) || typeof use !== 'function') return instance
    Reflect.set(instance, 'procedure', Reflect.apply(use, builder, [middleware]))
  } catch {
    // Its procedures are not observed.
  }
  return instance
}

/** The procedure that the last part of a path names, or `batch` for several. */
function routeOf(url: unknown, known: ReadonlySet<string>): string | undefined {
  if (typeof url !== 'string' || known.size === 0) return undefined
  const query = url.indexOf('?')
  const path = query < 0 ? url : url.slice(0, query)
  const names = new Set(path.slice(path.lastIndexOf('/') + 1).split(/,|%2C/i))
  for (const name of names) if (!known.has(name)) return undefined
  return names.size === 1 ? [...names][0] : BATCH
}
