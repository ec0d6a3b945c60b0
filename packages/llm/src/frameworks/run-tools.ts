import type { Recorder } from '@quipu/core'
import { at, type Callable, isCallable, isShape, prototypeOf } from '@quipu/wire/shape'
import { replaceMethod } from '../replace-method.js'
import { observedExecute } from './tool-calls.js'

/**
 * Observes the functions that `runTools` of an OpenAI client calls. The client gets tools that inherit from the
 * application's and have an observed function; the application's objects are not changed.
 *
 * @param completions the object with `runTools`, or its prototype
 * @param recorder default: the recorders that observe all model calls of the process
 * @returns whether it has `runTools`
 */
export function observeRunTools(completions: object, recorder?: () => Recorder | undefined): boolean {
  const replacement = replaceMethod(completions, 'runTools', (runTools): Callable => {
    return function (this: unknown, ...args) {
      const [body, ...more] = args
      const tools = at(body, 'tools')
      if (!isShape(body) || !Array.isArray(tools)) return Reflect.apply(runTools, this, args)
      const observed = { ...body, tools: tools.map((tool) => observedTool(tool, recorder?.())) }
      return Reflect.apply(runTools, this, [observed, ...more])
    }
  })
  return replacement !== 'missing'
}

/** Observes every client of a class that the package exports; returns whether it has `runTools`. */
export function observeOpenAi(exports: unknown): boolean {
  const completions = prototypeOf(at(at(exports, 'OpenAI'), 'Chat'), 'Completions')
  return completions !== undefined && observeRunTools(completions)
}

/** A tool is an object that contains a function, or one that a helper of the client created, with a callback. */
function observedTool(tool: unknown, recorder: Recorder | undefined): unknown {
  if (!isShape(tool)) return tool
  const described = at(tool, 'function')
  const callback = at(tool, '$callback')
  const own = at(described, 'function')
  const name = (): unknown => at(described, 'name') ?? at(own, 'name')
  if (isCallable(callback)) return inheriting(tool, '$callback', observedExecute(callback, recorder, name))
  if (!isShape(described) || !isCallable(own)) return tool
  const execute = observedExecute(own, recorder, name)
  Object.defineProperty(execute, 'name', { value: own.name })
  return inheriting(tool, 'function', inheriting(described, 'function', execute))
}

function inheriting(object: object, key: string, value: unknown): object {
  return Object.create(object, { [key]: { value, enumerable: true } })
}
