import type { LlmCallObservation } from '../observation.js'

/** The attributes that every GenAI metric of a model call has. */
export const genAi = (o: LlmCallObservation) => ({
  'gen_ai.operation.name': o.operation,
  'gen_ai.provider.name': o.provider,
  'gen_ai.request.model': o.model,
  'gen_ai.response.model': o.responseModel,
  'server.address': o.serverAddress,
  'server.port': o.serverPort === undefined ? undefined : String(o.serverPort),
})

/** With the conventions' refinement for OpenAI. */
export const genAiCall = (o: LlmCallObservation) => ({ ...genAi(o), 'openai.response.service_tier': o.serviceTier })

/** `cancelled` for a call that its own signal stopped; a consumer that stops reading is not an error. */
export const callErrorType = (o: LlmCallObservation) => ({
  'error.type': o.outcome === 'aborted' ? ('cancelled' as const) : o.error?.llmType,
})

/** The attributes of a call that ended: with its error type when it failed. */
export const genAiEnded = (o: LlmCallObservation) => ({ ...genAiCall(o), ...callErrorType(o) })
