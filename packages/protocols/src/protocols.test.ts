import { expect, test } from 'vitest'
import { readContentPlaces } from '../fixtures/content-places.js'
import { matchRequest, protocols, reporting } from './protocols.js'

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
  ['GET', '/v1/messages/batches/b_1/results/', { protocol: 'anthropic.batch' }],
  ['POST', '/v1/chat/completions//', undefined],
  ['POST', '/chat/', undefined],
  ['POST', '/', undefined],
  ['POST', '', undefined],
  ['GET', '/v1/responses/', undefined],
])('%s %s is recognised with the slash at its end', (method, path, expected) => {
  expect(matched(method, path)).toEqual(expected)
})

const vertex = '/v1/projects/p/locations/us-central1'

test.each([
  ['/v1/chat/completions', 'openai.chat', undefined],
  ['/proxy/openai/v1/chat/completions?key=k', 'openai.chat', undefined],
  ['/openai/deployments/ours/chat/completions', 'openai.chat', 'ours'],
  ['/v1/agents/completions', 'openai.chat', undefined],
  ['/v1/fim/completions', 'openai.completions', undefined],
  // Below proxies such as LiteLLM, `/v1` is optional.
  ['/completions', 'openai.completions', undefined],
  ['/responses', 'openai.responses', undefined],
  ['/embeddings', 'openai.embeddings', undefined],
  ['/inference/embeddings', 'openai.embeddings', undefined],
  ['/audio/transcriptions', 'openai.transcriptions', undefined],
  ['/openai/deployments/ours/embeddings', 'openai.embeddings', 'ours'],
  ['/api/embeddings', 'ollama.embed', undefined],
  ['/v1/chat', 'cohere.chat1', undefined],
  ['/v2/chat', 'cohere.chat', undefined],
  ['/openai/responses?api-version=1', 'openai.responses', undefined],
  ['/backend-api/codex/responses', 'openai.responses', undefined],
  ['/v1beta/models/gemini-2.5:generateContent', 'gemini.generate', 'gemini-2.5'],
  ['/v1beta/tunedModels/ours-1:generateContent', 'gemini.generate', 'ours-1'],
  [`${vertex}/endpoints/123:streamGenerateContent?alt=sse`, 'gemini.stream', '123'],
  [`${vertex}/publishers/google/models/text-embedding-005:predict`, 'vertex.embed', 'text-embedding-005'],
  [`${vertex}/publishers/anthropic/models/claude@1:rawPredict`, 'anthropic.messages', 'claude@1'],
  ['/model/arn:aws:bedrock:eu:1:profile%2Fours/converse', 'bedrock.converse', 'ours'],
])('a POST to %s is a call by %s', (path, name, model) => {
  expect(matched('POST', path)).toEqual({ protocol: name, ...(model && { model }) })
})

test.each([
  '/forms/7/responses',
  '/orders/completions',
  '/v1/embeddings/7',
  `${vertex}/endpoints/123:predict`,
  `${vertex}/publishers/google/models/gemini-2.5:countTokens`,
])('a POST to %s is no model call', (path) => {
  expect(matchRequest('POST', path)).toBeUndefined()
})

const ofAgent = (agent: string) => ({ protocol: 'anthropic.sessions', agent })

test.each([
  ['GET', '/v1/files/file-1/content', { protocol: 'openai.batch' }],
  ['GET', '/openai/files/file-1/content?api-version=1', { protocol: 'openai.batch' }],
  ['GET', '/files/file-1/content', { protocol: 'openai.batch' }],
  ['GET', '/openai/v1/files/file-1/content', { protocol: 'openai.batch' }],
  ['GET', '/v1beta/batches/b-1?key=k', { protocol: 'gemini.batch' }],
  ['GET', '/v1/batches/b-1', { protocol: 'gemini.batch' }],
  ['GET', '/download/v1beta/files/f-1:download?alt=media', { protocol: 'gemini.batch_file' }],
  ['POST', '/v1beta/batches/b-1:cancel', undefined],
  ['GET', '/v1/batches', undefined],
  ['POST', '/v1/sessions', { protocol: 'anthropic.sessions' }],
  ['GET', '/v1/sessions?limit=3', { protocol: 'anthropic.sessions' }],
  ['GET', '/v1/sessions/s', ofAgent('s')],
  ['GET', '/v1/sessions/s/events?order=desc', ofAgent('s')],
  ['GET', '/v1/sessions/s/events/stream', ofAgent('s')],
  ['GET', '/v1/sessions/s/threads', ofAgent('s')],
  ['GET', '/v1/sessions/s/threads/t', ofAgent('t')],
  ['GET', '/v1/sessions/s/threads/t/events', ofAgent('t')],
  ['GET', '/v1/sessions/s/threads/t/stream', ofAgent('t')],
  ['POST', '/v1/sessions/s/events', undefined],
  ['GET', '/v1/sessions/s/resources', undefined],
  ['GET', '/v1/files/file-1', undefined],
  ['POST', '/v1/files', undefined],
  ['DELETE', '/v1/sessions/s', undefined],
])('%s %s', (method, path, expected) => {
  expect(matched(method, path)).toEqual(expected)
})

test('the table of content has every protocol, with a path of it', () => {
  const tables = readContentPlaces()
  const names = tables.map(({ protocol }) => protocol)
  expect(tables.map(({ method, path }) => matchRequest(method, path)?.protocol.name)).toEqual(names)
  expect(new Set(names)).toEqual(new Set([...protocols, ...reporting].map(({ name }) => name)))
})
