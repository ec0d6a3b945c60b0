import { defineProtocol, type ResponseTarget } from '../protocol.js'
import type { NumberTree, Selected } from '../read/selection.js'
import { failureOf, openaiError } from './openai-error.js'

const modality = [{ modality: 'text', tokenCount: 'number' }] as const
export const generatedContent = {
  modelVersion: 'text',
  usageMetadata: {
    promptTokenCount: 'number',
    candidatesTokenCount: 'number',
    thoughtsTokenCount: 'number',
    cachedContentTokenCount: 'number',
    toolUsePromptTokenCount: 'number',
    promptTokensDetails: modality,
    candidatesTokensDetails: modality,
  },
  candidates: [
    {
      finishReason: 'text',
      content: { parts: [{ text: 'bytes', thought: 'flag', functionCall: { name: 'text' } }] },
    },
  ],
  promptFeedback: { blockReason: 'text' },
  ...openaiError,
} as const

type Modalities = readonly ({ readonly modality?: string; readonly tokenCount?: number } | undefined)[] | undefined

/** Tokens by modality, with the names of usage: `{ audio_tokens, image_tokens }`. */
function modalities(details: Modalities): NumberTree {
  const of = (name: string): number =>
    (details ?? []).reduce((sum, each) => sum + (each?.modality === name ? (each.tokenCount ?? 0) : 0), 0)
  return { audio_tokens: of('AUDIO'), image_tokens: of('IMAGE') }
}

const generate = {
  operation: 'generate_content',
  provider: 'gcp.gemini',
  hasTerminalEvent: false,
  request: { contents: 'items', tools: 'items' },
  chunk: generatedContent,
  readChunk: readGeneratedContent,
} as const

/** Google's `generateContent` of the Gemini API and Vertex AI, whose tuned models are endpoints. */
export const geminiGenerate = defineProtocol({
  ...generate,
  name: 'gemini.generate',
  path: /\/(?:models|tunedModels|endpoints)\/(?<model>[^/:]+):generateContent$/,
  describe: ({ contents, tools }) => ({ messageCount: contents, offersTools: (tools ?? 0) > 0 }),
  response: generatedContent,
  read: readGeneratedContent,
})

/** Google's `streamGenerateContent`, which responds with events (`?alt=sse`) or with one array of chunks. */
export const geminiStream = defineProtocol({
  ...generate,
  name: 'gemini.stream',
  path: /\/(?:models|tunedModels|endpoints)\/(?<model>[^/:]+):streamGenerateContent$/,
  describe: ({ contents, tools }) => ({ messageCount: contents, offersTools: (tools ?? 0) > 0, stream: true }),
  response: [generatedContent],
  read(target, chunks) {
    for (const chunk of chunks) if (chunk !== undefined) readGeneratedContent(target, chunk)
  },
})

export function readGeneratedContent(
  target: ResponseTarget,
  { modelVersion, usageMetadata, candidates, promptFeedback, error }: Selected<typeof generatedContent>,
): void {
  target.response({ model: modelVersion })
  if (usageMetadata !== undefined) {
    const { promptTokensDetails, candidatesTokensDetails, ...counts } = usageMetadata
    target.usage({
      ...(counts as NumberTree),
      input_tokens_details: modalities(promptTokensDetails),
      output_tokens_details: modalities(candidatesTokensDetails),
    })
  }
  let tools = 0
  for (const candidate of candidates ?? []) {
    for (const part of candidate?.content?.parts ?? []) {
      if (part?.functionCall !== undefined) tools++
      if (part?.thought === true) target.otherOutput(true)
      else target.output(part?.text)
    }
  }
  target.tools(tools)
  if (promptFeedback?.blockReason !== undefined) target.fail({ code: 'content_filter' })
  failureOf(target, error)
}

/**
 * Embeddings of Vertex AI. Its models without `embedContent` have the path of every other model (`predict`), so their name
 * decides.
 */
export const vertexEmbed = defineProtocol({
  name: 'vertex.embed',
  operation: 'embeddings',
  provider: 'gcp.vertex_ai',
  path: /\/publishers\/google\/models\/(?<model>[^/:]*embed[^/:]*):predict$/,
  hasTerminalEvent: false,
  request: {},
  describe: () => ({}),
  response: { predictions: [{ embeddings: { statistics: { token_count: 'number' } } }], ...openaiError },
  read(target, { predictions, error }) {
    const counts = predictions?.map((each) => each?.embeddings?.statistics?.token_count) ?? []
    const input_tokens = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)
    if (counts.some((count) => count !== undefined)) target.usage({ input_tokens })
    failureOf(target, error)
  },
  chunk: {},
  readChunk: () => undefined,
})

/** Google's `embedContent` and `batchEmbedContents`. */
export const geminiEmbed = defineProtocol({
  name: 'gemini.embed',
  operation: 'embeddings',
  provider: 'gcp.gemini',
  path: /\/models\/(?<model>[^/:]+):(?:embedContent|batchEmbedContents)$/,
  hasTerminalEvent: false,
  request: { model: 'text' },
  describe: () => ({}),
  response: { usageMetadata: 'numbers', ...openaiError },
  read(target, { usageMetadata, error }) {
    target.usage(usageMetadata)
    failureOf(target, error)
  },
  chunk: {},
  readChunk: () => undefined,
})
