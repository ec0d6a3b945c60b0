import type { LlmCallObservation } from '../observation.js'
import { callLabels } from './llm-call-labels.js'
import { createMapping, metric, seconds } from './mapping.js'

const agentLabels = (o: LlmCallObservation) => ({
  'gen_ai.agent.name': o.name,
  'gen_ai.request.model': o.model === 'unknown' ? undefined : o.model,
  'error.type': callLabels(o)['error.type'],
})

const nameLabels = (o: LlmCallObservation) => ({ 'gen_ai.agent.name': o.name })

const callsOf = (o: LlmCallObservation) => (o.operation === 'invoke_agent' ? o.agentCalls : undefined)

const workflowLabels = (o: LlmCallObservation) => ({
  'gen_ai.workflow.name': o.name,
  'error.type': callLabels(o)['error.type'],
})

/**
 * An operation that contains model calls but is not a model call itself (an agent, a workflow). Its duration is recorded,
 * and how many calls an agent's run made: the calls and their tokens are counted separately, so that sums count each once.
 */
export const agentRunMapping = createMapping<LlmCallObservation>({
  metrics: [
    metric('gen_ai', 'gen_ai.client.operation.duration', callLabels, (o) => seconds(o.durationMs)),
    metric('gen_ai', 'gen_ai.invoke_agent.duration', agentLabels, (o) =>
      o.operation === 'invoke_agent' ? seconds(o.durationMs) : undefined,
    ),
    metric('gen_ai', 'gen_ai.invoke_agent.inference_calls', nameLabels, (o) => callsOf(o)?.inference),
    metric('gen_ai', 'gen_ai.invoke_agent.tool_calls', nameLabels, (o) => callsOf(o)?.tool),
    metric('gen_ai', 'gen_ai.invoke_workflow.duration', workflowLabels, (o) =>
      o.operation === 'invoke_workflow' ? seconds(o.durationMs) : undefined,
    ),
  ],
})
