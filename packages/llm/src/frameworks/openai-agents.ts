import type { Recorder } from '@quipu/core'
import { at, isCallable } from '../shape.js'
import { OpenRuns } from './open-runs.js'
import { toolEnded, toolStarted } from './reported-tools.js'

/** A trace processor of the OpenAI Agents SDK. */
export interface AgentsProcessor {
  onTraceStart(trace: object): Promise<void>
  onTraceEnd(trace: object): Promise<void>
  onSpanStart(span: object): Promise<void>
  onSpanEnd(span: object): Promise<void>
  shutdown(timeoutMs?: number): Promise<void>
  forceFlush(): Promise<void>
}

/** A failure that a span reports as a message, which is not read. */
class AgentsToolError extends Error {
  override readonly name = 'AgentsToolError'
  readonly code = 'tool_error'
}

/**
 * A trace processor that counts the tool calls of agents and records the duration of each agent's run. Of a span only its
 * kind, its name and whether it failed are read.
 *
 * @param options `recorder`: default, the recorders that observe every model call of the process
 * @returns a processor for `addTraceProcessor`; its methods never reject
 * @example
 * addTraceProcessor(createAgentsProcessor())
 */
export function createAgentsProcessor({
  recorder,
}: {
  readonly recorder?: Recorder | undefined
} = {}): AgentsProcessor {
  const agents = new OpenRuns(recorder)
  const nothing = async (): Promise<void> => undefined
  return {
    onTraceStart: nothing,
    onTraceEnd: nothing,
    async onSpanStart(span) {
      const data = at(span, 'spanData')
      if (at(data, 'type') === 'function') toolStarted(span, at(data, 'name'), recorder)
      if (at(data, 'type') === 'agent') agents.start(span, at(data, 'name'), { isAgent: true })
    },
    async onSpanEnd(span) {
      const hasFailed = (at(span, 'error') ?? undefined) !== undefined
      const failure = hasFailed ? { thrown: new AgentsToolError() } : undefined
      toolEnded(span, failure)
      if (failure === undefined) agents.end(span)
      else agents.fail(span, failure.thrown)
    },
    shutdown: nothing,
    forceFlush: nothing,
  }
}

const observed = new WeakSet<object>()

/**
 * Observes the OpenAI Agents SDK.
 *
 * @param exports what `@openai/agents-core` exports
 * @returns whether it takes trace processors
 */
export function observeOpenAiAgents(exports: unknown): boolean {
  const add = at(exports, 'addTraceProcessor')
  if (!isCallable(add)) return false
  if (!observed.has(add)) Reflect.apply(add, undefined, [createAgentsProcessor()])
  observed.add(add)
  return true
}
