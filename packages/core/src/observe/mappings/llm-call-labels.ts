import type { LlmCallObservation } from '../observation.js'

/**
 * All labels that metrics of a model call may declare, in one object. Instruments read only declared ones, so that one
 * object serves nearly all rows. Written out, because spreading objects costs more than the rest of a call.
 */
export const callLabels = (o: LlmCallObservation) => ({
  model: o.model,
  endpoint: o.endpoint,
  feature: o.feature ?? 'none',
  outcome: o.outcome,
  error_type: o.error?.type ?? 'unknown',
  model_id: o.model,
  'gen_ai.operation.name': o.operation,
  'gen_ai.provider.name': o.provider,
  'gen_ai.request.model': o.model,
  'gen_ai.response.model': o.responseModel,
  'gen_ai.token.modality': 'unknown' as const,
  'server.address': o.serverAddress,
  'server.port': portText(o.serverPort),
  'openai.response.service_tier': o.serviceTier,
  // `cancelled` for a call stopped by its own signal; a consumer that stops reading is not an error.
  'error.type': o.outcome === 'aborted' ? ('cancelled' as const) : o.error?.type,
})

/** The labels of token metrics: those of the call and the type of the tokens. */
export const tokenLabels =
  <T extends 'input' | 'output' | 'total'>(type: T) =>
  (o: LlmCallObservation) => ({
    model: o.model,
    feature: o.feature ?? 'none',
    type,
    'gen_ai.operation.name': o.operation,
    'gen_ai.provider.name': o.provider,
    'gen_ai.request.model': o.model,
    'gen_ai.response.model': o.responseModel,
    'gen_ai.token.type': type,
    'server.address': o.serverAddress,
    'server.port': portText(o.serverPort),
    'openai.response.service_tier': o.serviceTier,
  })

/** Only for numbers: an object's `toString` could throw, and one label object serves all rows. */
const portText = (port: unknown): string | undefined => (typeof port === 'number' ? String(port) : undefined)
