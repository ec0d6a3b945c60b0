import { unref } from '@quipu/core'
import { sendMarked, useSources } from '@quipu/wire/clients'
import { type ClientMark, currentOperation, type RequestBody, runMarked } from '@quipu/wire/observers'
import { at, type Callable, isCallable, isShape } from '@quipu/wire/shape'

const marked = new WeakMap<object, ClientMark>()

/**
 * Marks a client: calls of the methods at these paths run in a scope that names the recorder and the endpoint.
 * Arguments, results and errors stay the same. A client whose properties cannot be set stays unchanged and is observed
 * without the mark.
 */
export function markClient<C extends object>(client: C, paths: readonly (readonly string[])[], mark: ClientMark): C {
  const isNew = !marked.has(client)
  marked.set(client, mark)
  if (!isNew) return client
  useSources()
  for (const path of paths) {
    const name = path.at(-1)
    const holder = path.slice(0, -1).reduce<unknown>((value, key) => at(value, key), client)
    if (name !== undefined && isShape(holder)) markMethod(holder, name, () => marked.get(client) ?? mark)
  }
  return client
}

function markMethod(holder: object, name: string, mark: () => ClientMark): void {
  const method = at(holder, name)
  if (!isCallable(method)) return
  const wrapped: Callable = function (...args) {
    // A client's own `fetch` sends one attempt; other methods send all attempts of an operation.
    if (name === 'fetch') {
      return sendMarked(method, { self: this, args, mark: { ...mark(), body: bodyOf(args[1]) } })
    }
    return runMarked({ ...mark(), operation: currentOperation() }, () => Reflect.apply(method, this, args))
  }
  try {
    Object.defineProperty(wrapped, 'name', { value: method.name, configurable: true })
    Object.defineProperty(wrapped, 'length', { value: method.length, configurable: true })
    const own = Object.getOwnPropertyDescriptor(holder, name)
    Reflect.defineProperty(holder, name, {
      configurable: true,
      writable: true,
      enumerable: own?.enumerable ?? false,
      value: wrapped,
    })
  } catch {
    // A Proxy refused the change: the client stays unchanged.
  }
}

const RELEASE_AFTER_MS = 10_000

/**
 * Returns the body passed to `fetch`, for sources that do not observe it: `node:http` on Node 20, and any source without
 * a connection. An application's own fetch may have no source.
 */
function bodyOf(init: unknown): RequestBody | undefined {
  const text = at(init, 'body')
  if (typeof text !== 'string') return undefined
  const body: RequestBody = { text }
  const timer = setTimeout(() => {
    body.text = undefined
  }, RELEASE_AFTER_MS)
  unref(timer)
  return body
}
