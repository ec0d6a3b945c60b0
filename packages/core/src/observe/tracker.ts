import { type AnyFunction, type Around, type MethodDecorator, methodDecorator, wrapFunction } from './wrap-function.js'

/** A wrapper for functions (`track('x', fn)`) and a decorator for methods (`@track('x')`). */
export interface Tracker {
  <F extends AnyFunction>(name: string, fn: F): F
  (name: string): MethodDecorator
}

/** Creates a tracker that runs `around` of its name for every call. */
export function createTracker(around: (name: string) => Around): Tracker {
  function track<F extends AnyFunction>(name: string, fn: F): F
  function track(name: string): MethodDecorator
  function track(...args: [name: string] | [name: string, fn: AnyFunction]) {
    return args.length === 1 ? methodDecorator(around(args[0])) : wrapFunction(args[1], around(args[0]))
  }
  return track
}
