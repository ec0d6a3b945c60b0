import { defineProtocol, type Protocol } from '../protocol.js'
import { failureOf, openaiError } from './openai-error.js'

interface Endpoint {
  readonly name: string
  readonly operation: string
  readonly path: RegExp
}

/**
 * An OpenAI endpoint whose responses have text in at most one member. The model, the usage and the text's size are
 * read.
 */
function counting({ name, operation, path }: Endpoint): Protocol {
  const counted = { model: 'text', usage: 'numbers', text: 'bytes', ...openaiError } as const
  return defineProtocol({
    name,
    operation,
    provider: 'openai',
    path,
    hasTerminalEvent: false,
    request: { model: 'text', stream: 'flag' },
    describe: ({ model, stream }) => ({ model, stream }),
    response: counted,
    read(target, response) {
      target.response({ model: response.model })
      target.output(response.text)
      target.usage(response.usage)
      failureOf(target, response.error)
    },
    chunk: { model: 'text', usage: 'numbers', type: 'text', delta: 'bytes', ...openaiError },
    readChunk(target, chunk) {
      target.response({ model: chunk.model })
      target.output(chunk.delta)
      target.otherOutput(/\.(?:partial_image|delta)$/.test(chunk.type ?? ''))
      target.usage(chunk.usage)
      failureOf(target, chunk.error)
    },
  })
}

export const openaiEmbeddings = counting({
  name: 'openai.embeddings',
  operation: 'embeddings',
  path: /(?<!\/api)\/embeddings$|\/deployments\/(?<model>[^/]+)\/embeddings$/,
})

export const openaiImages = counting({
  name: 'openai.images',
  operation: 'image_generation',
  path: /\/images\/(?:generations|edits|variations)$|\/deployments\/(?<model>[^/]+)\/images\/(?:generations|edits)$/,
})

export const openaiSpeech = counting({
  name: 'openai.speech',
  operation: 'speech',
  path: /\/audio\/speech$|\/deployments\/(?<model>[^/]+)\/audio\/speech$/,
})

export const openaiTranscriptions = counting({
  name: 'openai.transcriptions',
  operation: 'transcription',
  path: /\/audio\/(?:transcriptions|translations)$|\/deployments\/(?<model>[^/]+)\/audio\/(?:transcriptions|translations)$/,
})

export const openaiModerations = counting({
  name: 'openai.moderations',
  operation: 'moderation',
  path: /\/v\d+\/moderations$/,
})

/** Compaction of a conversation (`POST …/responses/compact`). */
export const openaiCompaction = counting({
  name: 'openai.compaction',
  operation: 'compaction',
  path: /\/(?:v\d+|openai)\/responses\/compact$/,
})

/** Classification and scoring (`POST …/decisions`). */
export const openaiDecisions = counting({
  name: 'openai.decisions',
  operation: 'decision',
  path: /\/v\d+\/decisions$/,
})
