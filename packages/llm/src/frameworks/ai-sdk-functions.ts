import { types } from 'node:util'
import { follow } from '@quipu/core'
import { observedStream } from '@quipu/wire/observers'
import { at, type Callable, isCallable, isShape, type Shape } from '@quipu/wire/shape'
import { likeMethod, replaceMethod } from '../replace-method.js'
import { hasTelemetry, hasTools } from './ai-sdk-telemetry.js'
import { OpenRuns } from './open-runs.js'
import { runToolCall } from './tool-calls.js'
import { UnseenCalls } from './unseen-calls.js'

/** The functions of the AI SDK 5 and 6 that are replaced, where their module declares them. */
export const aiSdkFunctions: readonly string[] = ['generateText', 'streamText', 'resolveLanguageModel']

const wrappers = new Map<string, (original: Callable) => Callable>([
  ['generateText', observedGenerate],
  ['streamText', observedStreamText],
  ['resolveLanguageModel', observedResolve],
])

const runs = new OpenRuns()
const unseen = new UnseenCalls()

/**
 * Observes a function of the AI SDK 5 or 6, which report neither tools nor runs of agents to other code.
 *
 * @param exports exports of the module that declares it
 * @returns the function that replaces it; the same one in version 7, which reports by itself
 */
export function replaceAiSdkFunction(name: string, original: unknown, exports: unknown): unknown {
  const wrap = wrappers.get(name)
  if (wrap === undefined || !isCallable(original) || hasTelemetry(exports)) return original
  return likeMethod(wrap(original), original)
}

/** What is generated with tools is a run of an agent: a promise of all its steps. */
function observedGenerate(generate: Callable): Callable {
  return function (this: unknown, ...[options, ...more]) {
    if (!isShape(options) || !hasTools(options)) return Reflect.apply(generate, this, [options, ...more])
    const { id, observed } = startRun(options)
    return follow(
      () => Reflect.apply(generate, this, [observed, ...more]),
      (ending) => {
        if (ending.kind !== 'threw') runs.end(id)
        else if (at(at(options, 'abortSignal'), 'aborted') === true) runs.abort(id)
        else runs.fail(id, ending.thrown)
      },
    )
  }
}

/** The stream of a run ends it; a transformation of the stream is the last one that the application can add. */
function observedStreamText(stream: Callable): Callable {
  return function (this: unknown, ...[options, ...more]) {
    if (!isShape(options) || !hasTools(options)) return Reflect.apply(stream, this, [options, ...more])
    const { id, observed } = startRun(options)
    const transforms = [options.experimental_transform ?? []].flat()
    const experimental_transform = [...transforms, () => runTransform(id)]
    return Reflect.apply(stream, this, [{ ...observed, experimental_transform }, ...more])
  }
}

function runTransform(id: object): { readonly readable: ReadableStream; readonly writable: WritableStream } {
  const { readable, writable } = new TransformStream()
  const part = (value: unknown): void => {
    const type = at(value, 'type')
    if (type === 'error') runs.fail(id, at(value, 'error'))
    else if (type === 'abort') runs.abort(id)
    else if (type === 'finish') runs.end(id)
  }
  const abandon = (): void => runs.abandon(id)
  const observer = { part, end: () => runs.end(id), left: abandon, collected: abandon }
  return { writable, readable: observedStream(readable, { ...observer, fail: (error) => runs.fail(id, error) }) }
}

/** Starts a run, and returns its options with observed tools and steps; the application's objects stay unchanged. */
function startRun(options: Shape): { readonly id: object; readonly observed: Shape } {
  const id = {}
  const telemetry = at(options, 'experimental_telemetry')
  // An agent passes its settings on, including its `id` (version 6) or its `name` (version 5).
  runs.start(id, at(telemetry, 'functionId') ?? options.id ?? options.name, { isAgent: true })
  const tools = Object.entries(Object(options.tools)).map(([name, tool]) => [name, observedTool(id, name, tool)])
  const { prepareStep } = options
  const countStep: Callable = function (this: unknown, ...args) {
    runs.countCall('inference', id)
    return isCallable(prepareStep) ? Reflect.apply(prepareStep, this, args) : undefined
  }
  return { id, observed: { ...options, tools: Object.fromEntries(tools), prepareStep: countStep } }
}

function observedTool(run: object, name: string, tool: unknown): unknown {
  const execute = at(tool, 'execute')
  if (!isShape(tool) || !isCallable(execute)) return tool
  const observed: Callable = (...args) => {
    runs.countCall('tool', run)
    return runToolCall(undefined, name, () => Reflect.apply(execute, tool, args))
  }
  const own = { value: likeMethod(observed, execute), enumerable: true, configurable: true, writable: true }
  return Object.create(Object.getPrototypeOf(tool), { ...Object.getOwnPropertyDescriptors(tool), execute: own })
}

function observedResolve(resolve: Callable): Callable {
  return function (this: unknown, ...[model, ...more]) {
    if (isShape(model)) observeModel(model)
    return Reflect.apply(resolve, this, [model, ...more])
  }
}

/** Records the calls of a model that send no request. */
function observeModel(model: Shape): void {
  // The SDK's own proxies of older models call the methods of their target, which are observed.
  if (types.isProxy(model)) return
  replaceMethod(model, 'doGenerate', (generate): Callable => {
    return async function (this: unknown, ...args) {
      const id = {}
      const result = await unseen.run(id, model, () => Reflect.apply(generate, this, args))
      unseen.end(id, at(result, 'usage'))
      return result
    }
  })
  replaceMethod(model, 'doStream', (stream): Callable => {
    return async function (this: unknown, ...args) {
      const id = {}
      const result = await unseen.run(id, model, () => Reflect.apply(stream, this, args))
      const parts = at(result, 'stream')
      const isUnseen = unseen.isUnseen(id)
      if (isUnseen && isShape(result) && parts instanceof ReadableStream) {
        return { ...result, stream: observedStream(parts, callObserver(id)) }
      }
      unseen.end(id, undefined)
      return result
    }
  })
}

function callObserver(id: object) {
  const abandon = (): void => unseen.abandon(id)
  return {
    part(value: unknown): void {
      const type = at(value, 'type')
      if (type === 'finish') unseen.end(id, at(value, 'usage'))
      else if (type === 'error') unseen.fail(id, at(value, 'error'))
    },
    end: () => unseen.end(id, undefined),
    fail: (error: unknown) => unseen.fail(id, error),
    left: abandon,
    collected: abandon,
  }
}
