import { defineProtocol } from '../protocol.js'
import { chatCompletion, readChatCompletion } from './openai-chat.js'
import { readResponseDocument, responseDocument } from './openai-responses.js'

const operations: { readonly [object: string]: string | undefined } = {
  list: 'embeddings',
  text_completion: 'text_completion',
}

/**
 * The output file of a batch of OpenAI, Azure, Groq, Mistral and others (`GET …/files/{id}/content`), one result per line. A
 * request without a response did not reach a model. Any other file is recognised by its first bytes, and a batch's input by
 * its first line.
 */
export const openaiBatch = defineProtocol({
  name: 'openai.batch',
  operation: 'chat',
  provider: 'openai',
  path: /(?:^|\/(?:v\d+|openai))\/files\/[^/]+\/content$/,
  hasTerminalEvent: false,
  reports: 'batch',
  framing: 'lines',
  firstMember: 'custom_id',
  request: {},
  describe: () => ({}),
  response: {},
  read: () => undefined,
  chunk: {
    custom_id: 'present',
    method: 'present',
    response: {
      status_code: 'number',
      body: { ...responseDocument, ...chatCompletion, object: 'text', results: 'present' },
    },
  },
  readChunk(target, { custom_id, method, response }) {
    if (custom_id === undefined || method === true) {
      target.unrelated()
      return
    }
    if (response?.body === undefined) return
    const { status_code = 200, body } = response
    const { object = '', results, error } = body
    target.reported({ operation: results === true ? 'moderation' : operations[object] })
    // The first failure counts: it has the status too.
    if (status_code >= 400) target.fail({ ...error, status: status_code })
    if (object === 'response') readResponseDocument(target, body)
    else readChatCompletion(target, body)
  },
})
