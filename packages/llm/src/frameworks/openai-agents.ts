import type { Recorder } from '@quipu/core'
import { at, type Callable, isCallable, prototypeOf } from '@quipu/wire/shape'
import { replaceMethod } from '../replace-method.js'
import { OpenRuns } from './open-runs.js'
import { ReportedTools } from './reported-tools.js'

/** A trace processor of the OpenAI Agents SDK. */
export interface AgentsProcessor {
  onTraceStart(trace: object): Promise<void>
  onTraceEnd(trace: object): Promise<void>
  onSpanStart(span: object): Promise<void>
  onSpanEnd(span: object): Promise<void>
  shutdown(timeoutMs?: number): Promise<void>
  forceFlush(): Promise<void>
}

/** A failure whose span has only a message, which is not read. */
class AgentsToolError extends Error {
  override readonly name = 'AgentsToolError'
  readonly code = 'tool_error'
}

/**
 * Creates a trace processor that counts the tool calls of agents and records each agent's run. It reads only the ids, the
 * kind and the name of a span, and whether it failed.
 *
 * @param options `recorder`: default, the recorders that observe all model calls of the process
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
  const tools = new ReportedTools(recorder)
  const nothing = async (): Promise<void> => undefined
  return {
    onTraceStart: nothing,
    onTraceEnd: nothing,
    async onSpanStart(span) {
      const data = at(span, 'spanData')
      const type = at(data, 'type')
      const parentId = at(span, 'parentId')
      if (type === 'agent') agents.start(at(span, 'spanId'), at(data, 'name'), { isAgent: true })
      else agents.startPart(at(span, 'spanId'), parentId)
      if (type === 'function') {
        tools.start(span, at(data, 'name'))
        agents.countCall('tool', parentId)
      } else if (type === 'generation' || type === 'response') agents.countCall('inference', parentId)
    },
    async onSpanEnd(span) {
      const hasFailed = (at(span, 'error') ?? undefined) !== undefined
      const failure = hasFailed ? { thrown: new AgentsToolError() } : undefined
      tools.end(span, failure)
      if (failure === undefined) agents.end(at(span, 'spanId'))
      else agents.fail(at(span, 'spanId'), failure.thrown)
    },
    shutdown: nothing,
    forceFlush: nothing,
  }
}

/**
 * Observes the OpenAI Agents SDK. Its package and applications set trace processors; the observing one is put first each
 * time, so that a tool is known before it runs.
 *
 * @param exports exports of `@openai/agents-core`
 * @returns whether this version accepts trace processors
 */
export function observeOpenAiAgents(exports: unknown): boolean {
  const add = at(exports, 'addTraceProcessor')
  const provider = prototypeOf(exports, 'TraceProvider')
  if (!isCallable(add) || provider === undefined) return false
  const processor = createAgentsProcessor()
  const replacement = replaceMethod(provider, 'setProcessors', (setProcessors): Callable => {
    return function (this: unknown, ...[processors, ...more]) {
      const all = Array.isArray(processors) ? [processor, ...processors] : processors
      return Reflect.apply(setProcessors, this, [all, ...more])
    }
  })
  if (replacement === 'replaced') Reflect.apply(add, undefined, [processor])
  return replacement !== 'missing'
}
