import { defaultRecorder, type Recorder } from '@quipu/core'
import { type Replacement, replaceMethod } from '../replace-method.js'
import { at, type Callable } from '../shape.js'
import { observingRecorders } from '../wire/observers.js'

/**
 * Runs a function as a call of a tool; returns and throws what the function does.
 *
 * @param recorder default: the recorders that observe every model call of the process
 */
export function runToolCall<T>(recorder: Recorder | undefined, tool: string, fn: () => T): T {
  const recorders = recorder === undefined ? observingRecorders() : [recorder]
  return recorders.reduce<() => T>((run, each) => () => each.withToolCall(tool, run), fn)()
}

/**
 * Observes a method that executes a tool, on this one tool; the tool's `name` names its calls.
 *
 * @param recorder default: the process's default recorder
 */
export function observeToolMethod(
  tool: object,
  method: string,
  recorder = defaultRecorder(),
  name = (): unknown => at(tool, 'name'),
): Replacement {
  return replaceMethod(tool, method, (execute) => observedExecute(execute, recorder, name))
}

/** A function that executes a tool, with each of its calls observed; the tool is named when it is called. */
export function observedExecute(
  execute: Callable,
  recorder: Recorder | undefined,
  name: (self: unknown) => unknown,
): Callable {
  return function (this: unknown, ...args) {
    const run = (): unknown => Reflect.apply(execute, this, args)
    const tool = name(this)
    return typeof tool === 'string' ? runToolCall(recorder, tool, run) : run()
  }
}
