import { API_SYMBOL, diag } from '@quipu/core'

/** Callbacks for the first use, in the order of the calls. */
const callbacks = new Set<() => void>()
let accessor: (() => unknown) | undefined

/**
 * Calls back when OpenTelemetry's API is first used in this process, or at once if it has been used. Most applications
 * never use it, and then save 7 MB of memory by not loading it.
 *
 * The API stores its registrations in a property of `globalThis`, which each of its functions reads first. Until that read
 * the property is an accessor of Quipu; after it, only the API uses the property.
 *
 * @returns a function that cancels the callback
 */
export function whenApiIsUsed(then: () => void): () => void {
  const current = Object.getOwnPropertyDescriptor(globalThis, API_SYMBOL)
  if (current !== undefined && current.get === undefined) {
    attempt(then)
    return () => {}
  }
  callbacks.add(then)
  if (current === undefined || current.get !== accessor) defineAccessor(current)
  return () => {
    callbacks.delete(then)
  }
}

/** @param previous the accessor of another copy of this package, which acts first */
function defineAccessor(previous: PropertyDescriptor | undefined): void {
  const remove = (): void => {
    if (previous === undefined) Reflect.deleteProperty(globalThis, API_SYMBOL)
    else Object.defineProperty(globalThis, API_SYMBOL, previous)
  }
  accessor = () => {
    remove()
    Reflect.get(globalThis, API_SYMBOL)
    callBack()
    return Reflect.get(globalThis, API_SYMBOL)
  }
  Object.defineProperty(globalThis, API_SYMBOL, {
    configurable: true,
    enumerable: false,
    get: accessor,
    set(value) {
      remove()
      Reflect.set(globalThis, API_SYMBOL, value)
      callBack()
    },
  })
}

function callBack(): void {
  for (const callback of callbacks) {
    callbacks.delete(callback)
    attempt(callback)
  }
}

/** Runs callbacks while the application reads a property, which must get no error of Quipu. */
function attempt(callback: () => void): void {
  try {
    callback()
  } catch (error) {
    diag.error('quipu: OpenTelemetry instruments are not recorded', error)
  }
}
