import { follow, type LlmCall } from '@quipu/core'
import { observingRecorders } from '@quipu/wire/observers'
import { at, type Callable, isCallable, isShape, prototypeOf, textAt } from '@quipu/wire/shape'
import { replaceMethod } from '../replace-method.js'
import { OpenStreams } from './open-streams.js'
import { observedExecute } from './tool-calls.js'

/** Methods of an agent that run it; those that approve or decline a tool call, or wait for idleness, call one of these. */
const AGENT_RUNS = ['generate', 'stream', 'resumeGenerate', 'resumeStream', 'network', 'resumeNetwork']
/** Methods of a workflow's run that each way to start, resume or stream it calls. */
const WORKFLOW_RUNS = ['_start', '_resume', '_restart']
/** The bit of a tracing policy that marks Mastra's own workflows, of which an agent's run consists. */
const OWN_WORKFLOW = 1

/**
 * Observes Mastra's workflows, and its agents: their runs, and their tools: those of the agent and of a call, and what Mastra
 * turns into a tool (memory, other agents, workflows). Each run converts them to objects of its own, so that the application's
 * objects are not changed.
 *
 * @param exports exports of `@mastra/core/agent` or `@mastra/core/workflows`
 * @returns whether the class of agents converts tools, or that of a workflow's run starts it
 */
export function observeMastra(exports: unknown): boolean {
  const run = prototypeOf(exports, 'Run')
  if (run !== undefined) {
    const replacements = WORKFLOW_RUNS.map((name) => replaceMethod(run, name, observedWorkflow))
    return replacements[0] !== 'missing'
  }
  const agent = prototypeOf(exports, 'Agent')
  if (agent === undefined) return false
  const replacement = replaceMethod(agent, 'convertTools', (convert): Callable => {
    return function (this: unknown, ...args) {
      const converted: unknown = Reflect.apply(convert, this, args)
      return converted instanceof Promise ? converted.then(withObservedTools) : converted
    }
  })
  for (const name of AGENT_RUNS) replaceMethod(agent, name, observedAgent)
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

function observedAgent(method: Callable): Callable {
  return function (this: unknown, ...args) {
    const run = (): unknown => Reflect.apply(method, this, args)
    // It calls the same method again for each turn until the agent is idle: these are the runs.
    if (at(args[1], 'untilIdle')) return run()
    return observeRun('invoke_agent', textAt(this, 'name'), run)
  }
}

function observedWorkflow(method: Callable): Callable {
  return function (this: unknown, ...args) {
    const run = (): unknown => Reflect.apply(method, this, args)
    const isOwn = (Number(at(at(this, 'tracingPolicy'), 'internal')) & OWN_WORKFLOW) !== 0
    return isOwn ? run() : observeRun('invoke_workflow', textAt(this, 'workflowId'), run)
  }
}

/** A run lasts until its output has ended, and counts the model calls and tool calls in its scope. */
function observeRun(operation: string, name: string | undefined, method: () => unknown): unknown {
  const about = { operation, ...(name !== undefined && { name }) }
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
    method,
  )()
}

const streams = new OpenStreams<LlmCall>((call) => call.end('abandoned'))

/**
 * Waits for the end of a stream, which this does not read: by the method with which Mastra waits for it, or by the promise of
 * the status of a network. Any other output has ended.
 */
function endWithOutput(call: LlmCall, output: unknown, onEnd: () => void): void {
  const wait = at(output, '_waitUntilFinished')
  const ended = isCallable(wait) ? Reflect.apply(wait, output, []) : at(output, 'status')
  const end = (status: unknown): void => {
    streams.end(call)
    if (status === 'failed') call.fail(at(output, 'error'))
    else if (status === 'canceled') call.abort()
    onEnd()
  }
  if (!(ended instanceof Promise) || !isShape(output)) {
    end(ended)
    return
  }
  streams.start(call, output)
  const endWaiting = (status: unknown): void => end(typeof status === 'string' ? status : at(output, 'status'))
  void ended.then(endWaiting, (error) => {
    call.fail(error)
    endWaiting(undefined)
  })
}
