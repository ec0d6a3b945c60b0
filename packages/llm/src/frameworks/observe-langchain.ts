import { runOperation } from '@quipu/wire/observers'
import { at, type Callable, prototypeOf } from '@quipu/wire/shape'
import { replaceMethod } from '../replace-method.js'
import { observeGraphRuns } from './observe-graph-runs.js'
import { observedExecute } from './tool-calls.js'

/**
 * Observes LangChain and LangGraph: tools, runs of graphs and agents, and the retries of every model as attempts of one
 * call. LangChain's callbacks run beside a call and not around it, so a tool's own model calls and MCP calls could not be
 * attributed to it; therefore the classes are observed.
 *
 * @param exports exports of a module of `@langchain/core`
 * @returns whether one of the classes was found
 */
export function observeLangChain(exports: unknown): boolean {
  return [observeCaller, observeTools, observeGraphRuns].map((observe) => observe(exports)).includes(true)
}

function observeCaller(exports: unknown): boolean {
  const caller = prototypeOf(exports, 'AsyncCaller')
  if (caller === undefined) return false
  for (const name of ['call', 'callWithOptions']) {
    replaceMethod(caller, name, (method): Callable => {
      return function (this: unknown, ...args) {
        return runOperation(() => Reflect.apply(method, this, args))
      }
    })
  }
  return true
}

function observeTools(exports: unknown): boolean {
  const tool = prototypeOf(exports, 'StructuredTool')
  if (tool === undefined) return false
  const replacement = replaceMethod(tool, 'call', (execute) =>
    observedExecute(execute, undefined, (self) => at(self, 'name')),
  )
  return replacement !== 'missing'
}
