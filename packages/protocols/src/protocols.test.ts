import { expect, test } from 'vitest'
import { matchRequest } from './protocols.js'

const matched = (method: string, path: string) => {
  const { protocol, model, ...kind } = matchRequest(method, path) ?? {}
  return protocol && { protocol: protocol.name, ...(model !== undefined && { model }), ...kind }
}

test.each([
  ['POST', '/v1/chat/completions/', { protocol: 'openai.chat' }],
  ['POST', '/v1/chat/completions/?api-version=1', { protocol: 'openai.chat' }],
  ['POST', '/v1/messages/', { protocol: 'anthropic.messages' }],
  ['POST', '/model/nova%3A0/converse/', { protocol: 'bedrock.converse', model: 'nova:0' }],
  ['GET', '/v1/responses/resp_1/', { protocol: 'openai.responses', isRetrieval: true }],
  ['GET', '/v1/messages/batches/b_1/results/', { protocol: 'anthropic.batch', isBatch: true }],
  ['POST', '/v1/chat/completions//', undefined],
  ['POST', '/v1/chat/', undefined],
  ['POST', '/', undefined],
  ['POST', '', undefined],
  ['GET', '/v1/responses/', undefined],
])('%s %s is recognised with the slash at its end', (method, path, expected) => {
  expect(matched(method, path)).toEqual(expected)
})
