import type { LlmCallObservation } from '../observation.js'
import { callLabels } from './llm-call-labels.js'
import { createMapping, metric, seconds } from './mapping.js'

const agentLabels = (o: LlmCallObservation) => {
  const labels = callLabels(o)
  return o.model === 'unknown' ? { ...labels, 'gen_ai.request.model': undefined } : labels
}

/**
 * An operation that contains model calls but is not a model call itself (an agent, a workflow): only its duration. The
 * calls within it and their tokens are counted by themselves, so that sums count each once.
 */
export const agentRunMapping = createMapping<LlmCallObservation>({
  metrics: [
    metric('gen_ai', 'gen_ai.client.operation.duration', callLabels, (o) => seconds(o.durationMs)),
    metric('gen_ai', 'gen_ai.invoke_agent.duration', agentLabels, (o) =>
      o.operation === 'invoke_agent' ? seconds(o.durationMs) : undefined,
    ),
    metric('gen_ai', 'gen_ai.invoke_workflow.duration', callLabels, (o) =>
      o.operation === 'invoke_workflow' ? seconds(o.durationMs) : undefined,
    ),
  ],
})
