import { defineProtocol } from '../protocol.js'
import { anthropicResponse, readAnthropicResponse } from './anthropic-messages.js'
import { failureOf, openaiError } from './openai-error.js'

/**
 * The results of a batch of Anthropic's messages (`GET …/v1/messages/batches/{id}/results`), one per line. Requests that were
 * cancelled or expired did not reach a model.
 */
export const anthropicBatch = defineProtocol({
  name: 'anthropic.batch',
  operation: 'chat',
  provider: 'anthropic',
  path: /\/v1\/messages\/batches\/[^/]+\/results$/,
  hasTerminalEvent: false,
  reports: 'batch',
  framing: 'lines',
  request: {},
  describe: () => ({}),
  response: {},
  read: () => undefined,
  chunk: { result: { type: 'text', message: anthropicResponse, error: openaiError } },
  readChunk(target, { result }) {
    if (result?.type !== 'succeeded' && result?.type !== 'errored') return
    target.reported({})
    if (result.message !== undefined) readAnthropicResponse(target, result.message)
    if (result.type === 'errored') failureOf(target, result.error?.error ?? {})
  },
})
