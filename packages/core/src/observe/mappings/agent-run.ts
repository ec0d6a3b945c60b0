import type { LlmCallObservation } from '../observation.js'
import { callErrorType, genAiEnded } from './gen-ai-labels.js'
import { createMapping, metric, seconds } from './mapping.js'

/**
 * An operation that contains model calls but is not a model call itself (an agent, a workflow): only its duration. The
 * calls within it and their tokens are counted by themselves, so that sums count each once.
 */
export const agentRunMapping = createMapping<LlmCallObservation>({
  metrics: [
    metric('gen_ai', 'gen_ai.client.operation.duration', genAiEnded, (o) => seconds(o.durationMs)),
    metric(
      'gen_ai',
      'gen_ai.invoke_agent.duration',
      (o) => ({ ...callErrorType(o), ...(o.model !== 'unknown' && { 'gen_ai.request.model': o.model }) }),
      (o) => (o.operation === 'invoke_agent' ? seconds(o.durationMs) : undefined),
    ),
    metric('gen_ai', 'gen_ai.invoke_workflow.duration', callErrorType, (o) =>
      o.operation === 'invoke_workflow' ? seconds(o.durationMs) : undefined,
    ),
  ],
})
