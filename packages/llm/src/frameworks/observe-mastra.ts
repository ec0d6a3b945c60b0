import { follow, type LlmCall } from '@quipu/core'
import { observingRecorders } from '@quipu/wire/observers'
import { at, type Callable, isCallable, isShape, prototypeOf } from '@quipu/wire/shape'
import { replaceMethod } from '../replace-method.js'
import { OpenStreams } from './open-streams.js'
import { observedExecute } from './tool-calls.js'

/**
 * Observes Mastra's agents: their runs, and their tools: those of the agent and of a call, and what Mastra turns into a tool
 * (memory, other agents, workflows). Each run converts them to objects of its own, so that the application's objects are not
 * changed.
 *
 * @param exports exports of `@mastra/core/agent`
 * @returns whether the class of agents converts tools
 */
export function observeMastra(exports: unknown): boolean {
  const agent = prototypeOf(exports, 'Agent')
  if (agent === undefined) return false
  const replacement = replaceMethod(agent, 'convertTools', (convert): Callable => {
    return function (this: unknown, ...args) {
      const converted: unknown = Reflect.apply(convert, this, args)
      return converted instanceof Promise ? converted.then(withObservedTools) : converted
    }
  })
  for (const name of ['generate', 'stream']) replaceMethod(agent, name, observedRun)
  return replacement !== 'missing'
}

/** The same object. */
function withObservedTools(tools: unknown): unknown {
  for (const [name, tool] of Object.entries(Object(tools))) {
    if (isShape(tool) && isCallable(tool.execute)) {
      replaceMethod(tool, 'execute', (execute) => observedExecute(execute, undefined, () => name))
    }
  }
  return tools
}

/** The run of an agent lasts until its output has ended, and counts the model calls and tool calls in its scope. */
function observedRun(method: Callable): Callable {
  return function (this: unknown, ...args) {
    const name = at(this, 'name')
    const about = { operation: 'invoke_agent', ...(typeof name === 'string' && { name }) }
    return observingRecorders().reduce<() => unknown>(
      (run, recorder) => () => {
        let outcome: { readonly returned: unknown } | { readonly thrown: unknown } | undefined
        const over = recorder.withLlmCall(about, (call) => {
          return new Promise<void>((resolve, reject) => {
            const onEnd = (ending: Parameters<Parameters<typeof follow>[1]>[0]): void => {
              if (ending.kind === 'threw') reject(ending.thrown)
              else endWithOutput(call, ending.kind === 'returned' ? ending.result : undefined, resolve)
            }
            try {
              outcome = { returned: follow(run, onEnd) }
            } catch (thrown) {
              outcome = { thrown }
            }
          })
        })
        over.catch(() => undefined)
        if (outcome !== undefined && 'thrown' in outcome) throw outcome.thrown
        return outcome?.returned
      },
      () => Reflect.apply(method, this, args),
    )()
  }
}

const streams = new OpenStreams<LlmCall>((call) => call.end('abandoned'))

/** Waits for a stream by the method with which Mastra waits for it, which does not read it. */
function endWithOutput(call: LlmCall, output: unknown, onEnd: () => void): void {
  const wait = at(output, '_waitUntilFinished')
  if (!isShape(output) || !isCallable(wait)) {
    onEnd()
    return
  }
  streams.start(call, output)
  const end = (): void => {
    streams.end(call)
    const status = at(output, 'status')
    if (status === 'failed') call.fail(at(output, 'error'))
    else if (status === 'canceled') call.abort()
    onEnd()
  }
  void Promise.resolve(Reflect.apply(wait, output, [])).then(end, end)
}
