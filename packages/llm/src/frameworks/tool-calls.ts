import { defaultRecorder, follow, type Recorder } from '@quipu/core'
import { observingRecorders } from '@quipu/wire/observers'
import { at, type Callable } from '@quipu/wire/shape'
import { type Replacement, replaceMethod } from '../replace-method.js'
import { joinReportedTool } from './reported-tools.js'

/**
 * Runs a function as a call of a tool; returns and throws what the function does. Within a call of the same tool by the
 * same recorder it is part of that call.
 *
 * @param recorder default: the recorders that observe all model calls of the process
 */
export function runToolCall<T>(recorder: Recorder | undefined, tool: string, fn: () => T): T {
  const recorders = recorder === undefined ? observingRecorders() : [recorder]
  return recorders.reduce<() => T>((run, each) => () => runWith(each, tool, run), fn)()
}

function runWith<T>(recorder: Recorder, tool: string, fn: () => T): T {
  const call = joinReportedTool(recorder, tool)
  return follow(fn, (ending) => (ending.kind === 'threw' ? call.fail(ending.thrown) : call.end()), { inside: call.run })
}

/**
 * Observes the method that executes this tool; the tool's `name` names its calls.
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

/** The tool whose observed method is running: a call of the observed method of its class is part of the same call. */
let entered: unknown

/** Wraps a function that executes a tool, so that each call is observed; the name of the tool is read at each call. */
export function observedExecute(
  execute: Callable,
  recorder: Recorder | undefined,
  name: (self: unknown) => unknown,
): Callable {
  return function (this: unknown, ...args) {
    const outer = entered
    const run = (): unknown => {
      entered = this
      try {
        return Reflect.apply(execute, this, args)
      } finally {
        entered = outer
      }
    }
    const tool = name(this)
    const isWithin = this !== undefined && outer === this
    return typeof tool === 'string' && !isWithin ? runToolCall(recorder, tool, run) : run()
  }
}
