import { at, type Callable, isCallable } from '@quipu/wire/shape'
import { replaceMethod } from '../replace-method.js'
import { OpenRuns } from './open-runs.js'

const HANDLER_NAME = 'quipu'

/**
 * Observes the runs of graphs by a callback handler. LangChain's `registerConfigureHook` keeps its handlers in a scope that
 * only the code after it inherits; the method that asks for handlers is the same in every scope.
 */
export function observeGraphRuns(exports: unknown): boolean {
  const manager = at(exports, 'CallbackManager')
  if (!isCallable(manager)) return false
  const handler = createHandler()
  const replacement = replaceMethod(manager, '_configureSync', (configure): Callable => {
    return function (this: unknown, ...args) {
      const configured =
        Reflect.apply(configure, this, args) ?? (isCallable(this) ? Reflect.construct(this, []) : undefined)
      addHandler(configured, handler)
      return configured
    }
  })
  return replacement !== 'missing'
}

function addHandler(manager: unknown, handler: object): void {
  const handlers = at(manager, 'handlers')
  const add = at(manager, 'addHandler')
  if (!Array.isArray(handlers) || !isCallable(add)) return
  if (!handlers.some((each) => at(each, 'name') === HANDLER_NAME)) Reflect.apply(add, manager, [handler, true])
}

/** Recognises a graph by its class; chains, prompts and parsers that run alone are not workflows. */
const GRAPH = /Graph$|^Pregel$/

function createHandler(): object {
  const runs = new OpenRuns()
  const end = (_: unknown, runId: unknown): void => runs.end(runId)
  const fail = (error: unknown, runId: unknown): void => {
    if (isLeft(error)) runs.abort(runId)
    else runs.fail(runId, error)
  }
  return {
    name: HANDLER_NAME,
    awaitHandlers: true,
    ignoreRetriever: true,
    ignoreCustomEvent: true,
    handleChainStart(...[chain, , runId, parentRunId, , metadata, , name]: readonly unknown[]): void {
      if (parentRunId !== undefined) {
        if (at(metadata, 'lc_agent_name') !== undefined) runs.isAgent(parentRunId)
        runs.startPart(runId, parentRunId)
        return
      }
      const id = at(chain, 'id')
      if (Array.isArray(id) && GRAPH.test(String(id.at(-1)))) runs.start(runId, name)
    },
    // Only the ids of their arguments are read, not the input of the model or the tool.
    handleChatModelStart: (...[, , , parentRunId]: readonly unknown[]) => runs.countCall('inference', parentRunId),
    handleLLMStart: (...[, , , parentRunId]: readonly unknown[]) => runs.countCall('inference', parentRunId),
    handleToolStart: (...[, , , parentRunId]: readonly unknown[]) => runs.countCall('tool', parentRunId),
    handleChainEnd: end,
    handleChainError: fail,
    copy(): object {
      return this
    },
  }
}

/** The error, without a specific name, by which LangGraph reports a stream whose consumer stopped reading. */
function isLeft(error: unknown): boolean {
  return error instanceof Error && error.name === 'Error' && error.message === 'Abort'
}
