import type { LlmCallObservation } from '../observation.js'
import { callLabels } from './llm-call-labels.js'
import { createMapping, metric, seconds } from './mapping.js'

const agentLabels = (o: LlmCallObservation) => ({
  'gen_ai.agent.name': o.name,
  'gen_ai.request.model': o.model === 'unknown' ? undefined : o.model,
  'error.type': callLabels(o)['error.type'],
})

const workflowLabels = (o: LlmCallObservation) => ({
  'gen_ai.workflow.name': o.name,
  'error.type': callLabels(o)['error.type'],
})

/**
 * An operation that contains model calls but is not a model call itself (an agent, a workflow). Only its duration is
 * recorded: its calls and their tokens are counted separately, so that sums count each once.
 */
export const agentRunMapping = createMapping<LlmCallObservation>({
  metrics: [
    metric('gen_ai', 'gen_ai.client.operation.duration', callLabels, (o) => seconds(o.durationMs)),
    metric('gen_ai', 'gen_ai.invoke_agent.duration', agentLabels, (o) =>
      o.operation === 'invoke_agent' ? seconds(o.durationMs) : undefined,
    ),
    metric('gen_ai', 'gen_ai.invoke_workflow.duration', workflowLabels, (o) =>
      o.operation === 'invoke_workflow' ? seconds(o.durationMs) : undefined,
    ),
  ],
})
