import { isObject } from '@quipu/catalog/builtin'
import {
  type AnyMethod,
  endWhenCollected,
  type Following,
  holds,
  type Inside,
  methodOf,
  replaceMethod,
} from './following.js'

/** Returns whether a value is an iterator or a generator: an object with steps that can be looped over. */
export function isIterator(value: object): boolean {
  return methodOf(value, 'next') !== undefined && holds(() => Symbol.iterator in value || Symbol.asyncIterator in value)
}

/**
 * Follows an iterator or generator until it is exhausted, left or fails. The object, its steps and its errors stay the
 * same.
 *
 * @returns false if the methods of the object cannot be replaced
 */
export function followIterator(iterator: object, following: Following): boolean {
  const isFollowed = replaceSteps(iterator, (name, method) => followStep(name, method, following))
  if (isFollowed) endWhenCollected(iterator, following)
  return isFollowed
}

/**
 * Follows a stream that is read by looping over it, as the clients of model providers return it. Streams of Node and of
 * the web are not followed, because they can also be read in other ways.
 *
 * @returns false for other values
 */
export function followAsyncIterable(value: object, following: Following): boolean {
  const iterate = methodOf(value, Symbol.asyncIterator)
  if (iterate === undefined) return false
  if (['pipe', 'getReader', 'on'].some((name) => methodOf(value, name) !== undefined)) return false
  const isFollowed = replaceMethod(value, Symbol.asyncIterator, function (this: unknown, ...args) {
    const iterator = following.inside(() => iterate.apply(this, args))
    if (isObject(iterator)) followIterator(iterator, following)
    return iterator
  })
  if (isFollowed) endWhenCollected(value, following)
  return isFollowed
}

/**
 * Makes the steps of an iterator or generator run in the scope in which it was created, wherever it is read. Other
 * values, and iterators that cannot be changed, stay the same.
 */
export function bindIteration(value: unknown, inside: Inside): void {
  if (!isObject(value) || !isIterator(value)) return
  replaceSteps(value, (_name, method) => {
    return function (this: unknown, ...args) {
      return inside(() => method.apply(this, args))
    }
  })
}

function replaceSteps(iterator: object, step: (name: string, method: AnyMethod) => AnyMethod): boolean {
  return ['next', 'return', 'throw'].every((name) => {
    const method = methodOf(iterator, name)
    return method === undefined || replaceMethod(iterator, name, step(name, method))
  })
}

function followStep(name: string, method: AnyMethod, { end, step, inside }: Following): AnyMethod {
  const look = (result: unknown): unknown => {
    if (name === 'return') end({ kind: 'left' })
    else if (isObject(result)) {
      if (holds(() => Reflect.get(result, 'done') === true)) end({ kind: 'returned', result: undefined })
      else holds(() => void step(Reflect.get(result, 'value')) === undefined)
    }
    return result
  }
  const fail = (thrown: unknown): never => {
    end({ kind: 'threw', thrown })
    throw thrown
  }
  return function (this: unknown, ...args) {
    let result: unknown
    try {
      result = inside(() => method.apply(this, args))
    } catch (thrown) {
      return fail(thrown)
    }
    const then = isObject(result) ? methodOf(result, 'then') : undefined
    return then === undefined ? look(result) : then.call(result, look, fail)
  }
}
