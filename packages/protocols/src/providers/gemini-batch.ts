import { defineProtocol, type ResponseTarget } from '../protocol.js'
import type { Selected } from '../read/selection.js'
import { generatedContent, readGeneratedContent } from './gemini.js'
import { failureOf, openaiError } from './openai-error.js'

const result = { response: generatedContent, ...openaiError } as const

function readResult(target: ResponseTarget, { response, error }: Selected<typeof result>): void {
  target.reported({})
  if (response !== undefined) readGeneratedContent(target, response)
  failureOf(target, error)
}

const batch = {
  operation: 'generate_content',
  provider: 'gcp.gemini',
  hasTerminalEvent: false,
  reports: 'batch',
  request: {},
  describe: () => ({}),
} as const

/** A batch of the Gemini API (`GET …/batches/{id}`), which has its results when it is done. */
export const geminiBatch = defineProtocol({
  ...batch,
  name: 'gemini.batch',
  path: /\/v\d\w*\/batches\/[^/:]+$/,
  response: { metadata: { model: 'text', output: { inlinedResponses: { inlinedResponses: [result] } } } },
  read(target, { metadata }) {
    for (const each of metadata?.output?.inlinedResponses?.inlinedResponses ?? []) {
      readResult(target, each ?? {})
      if (each?.response?.modelVersion === undefined)
        target.response({ model: metadata?.model?.replace('models/', '') })
    }
  },
  chunk: {},
  readChunk: () => undefined,
})

/** The file with the results of a batch (`GET …/files/{id}:download`), one per line. Any other file is not read. */
export const geminiBatchFile = defineProtocol({
  ...batch,
  name: 'gemini.batch_file',
  path: /\/files\/[^/:]+:download$/,
  framing: 'lines',
  firstMember: 'response',
  response: {},
  read: () => undefined,
  chunk: { ...result, key: 'present' },
  readChunk(target, { response, error }) {
    if (response?.candidates === undefined && response?.usageMetadata === undefined && error === undefined)
      target.unrelated()
    else readResult(target, { ...(response && { response }), ...(error && { error }) })
  },
})
