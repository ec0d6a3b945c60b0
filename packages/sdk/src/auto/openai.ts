import { instrument } from '@quipu/llm/openai'
import type { Library } from './libraries.js'

type Create = (this: unknown, ...args: unknown[]) => unknown

/** The classes that have the `create` methods, as the client's class names them (openai 4 to 7). */
const resources: readonly (readonly string[])[] = [
  ['Chat', 'Completions'],
  ['Completions'],
  ['Responses'],
  ['Embeddings'],
]

/** Observes every OpenAI client, from the first call that it is used for. */
export const openai: Library = {
  name: 'openai',
  observe(exports) {
    const client = at(exports, 'OpenAI') ?? at(exports, 'default') ?? exports
    return resources.filter((path) => observeResource(path.reduce<unknown>(at, client))).length > 0
  },
}

/** Clients for which it is done. */
const observed = new WeakSet<object>()

function observeResource(resource: unknown): boolean {
  const prototype = at(resource, 'prototype')
  const create = at(prototype, 'create')
  if (!isObject(prototype) || !isCreate(create)) return false
  const wrapped: Create = function (...args) {
    const client = at(this, '_client')
    if (!isClient(client) || observed.has(client)) return Reflect.apply(create, this, args)
    observed.add(client)
    instrument(client)
    // Its own `create` now, which comes back here and goes on.
    const own = at(this, 'create')
    return Reflect.apply(isCreate(own) ? own : create, this, args)
  }
  Object.defineProperty(wrapped, 'name', { value: create.name, configurable: true })
  Object.defineProperty(wrapped, 'length', { value: create.length, configurable: true })
  return Reflect.defineProperty(prototype, 'create', {
    value: wrapped,
    configurable: true,
    writable: true,
    enumerable: false,
  })
}

function at(holder: unknown, key: string): unknown {
  return isObject(holder) ? Reflect.get(holder, key) : undefined
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function isCreate(value: unknown): value is Create {
  return typeof value === 'function'
}

function isClient(value: unknown): value is { readonly baseURL: string } {
  return typeof at(value, 'baseURL') === 'string'
}
