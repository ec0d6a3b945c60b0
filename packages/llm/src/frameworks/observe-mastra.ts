import { replaceMethod } from '../replace-method.js'
import { type Callable, isCallable, isShape, prototypeOf } from '../shape.js'
import { observedExecute } from './tool-calls.js'

/**
 * Observes the tools of Mastra's agents: those of the agent and of a call, and what Mastra turns into a tool (memory, other
 * agents, workflows). Each run converts them to objects of its own, so that the application's objects are not changed.
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
