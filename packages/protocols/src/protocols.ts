import type { Protocol } from './protocol.js'
import { aiGatewayChat, aiGatewayEmbed, aiGatewayRerank } from './providers/ai-gateway.js'
import { anthropicBatch } from './providers/anthropic-batch.js'
import { anthropicMessages } from './providers/anthropic-messages.js'
import { anthropicSessions } from './providers/anthropic-sessions.js'
import { bedrockConverse, bedrockEmbed, bedrockInvoke } from './providers/bedrock.js'
import { cohereChat, cohereChat1, cohereEmbed, cohereRerank } from './providers/cohere.js'
import { geminiEmbed, geminiGenerate, geminiStream, vertexEmbed } from './providers/gemini.js'
import { geminiBatch, geminiBatchFile } from './providers/gemini-batch.js'
import { ollamaChat, ollamaEmbed, ollamaGenerate } from './providers/ollama.js'
import { openaiBatch } from './providers/openai-batch.js'
import { openaiChat } from './providers/openai-chat.js'
import { openaiCompletions } from './providers/openai-completions.js'
import {
  openaiCompaction,
  openaiDecisions,
  openaiEmbeddings,
  openaiImages,
  openaiModerations,
  openaiSpeech,
  openaiTranscriptions,
} from './providers/openai-media.js'
import { openaiResponses } from './providers/openai-responses.js'

/** The protocols, each recognised by its path. */
export const protocols: readonly Protocol[] = [
  openaiChat,
  anthropicMessages,
  anthropicSessions,
  geminiGenerate,
  geminiStream,
  openaiResponses,
  openaiEmbeddings,
  ollamaChat,
  ollamaGenerate,
  ollamaEmbed,
  cohereChat,
  cohereChat1,
  cohereEmbed,
  cohereRerank,
  geminiEmbed,
  vertexEmbed,
  bedrockConverse,
  bedrockEmbed,
  bedrockInvoke,
  openaiCompletions,
  openaiImages,
  openaiSpeech,
  openaiTranscriptions,
  openaiModerations,
  openaiCompaction,
  openaiDecisions,
  aiGatewayChat,
  aiGatewayEmbed,
  aiGatewayRerank,
]

/** Protocols whose responses report calls that ran elsewhere. */
export const reporting: readonly Protocol[] = [
  anthropicBatch,
  anthropicSessions,
  openaiBatch,
  geminiBatch,
  geminiBatchFile,
]

/** A model call, recognised by its path. */
export interface MatchedPath {
  readonly protocol: Protocol
  /** The model, if the path contains it. */
  readonly model: string | undefined
  /** Whether the request fetches an earlier response, which is a model call only if that ran in the background. */
  readonly isRetrieval?: boolean
  /** Id of the agent's session, or of its thread, if the path contains it. */
  readonly agent?: string | undefined
}

/** The last words of the paths of all protocols: one test excludes most other requests. */
const ANY =
  /(?:\/(?:completions|messages|responses|embeddings|generations|edits|variations|speech|transcriptions|translations|moderations|compact|decisions|sessions|chat|generate|embed|rerank|converse|converse-stream|invoke|invoke-with-response-stream|(?:language|embedding|reranking)-model)|:(?:streamG|g)enerateContent|:(?:embedContent|batchEmbedContents|predict)|:(?:streamR|r)awPredict)\/?(?:\?|$)/

/** Returns the protocol of a `POST` to this path; undefined for other requests. */
export function matchPath(path: string): MatchedPath | undefined {
  return ANY.test(path) ? firstMatch(protocols, path) : undefined
}

/** Words in the paths of all requests that fetch a report or an earlier response. */
const ANY_FETCH = /\/(?:batches|responses|sessions|files)(?:[/?]|$)/
const RETRIEVAL = /(?:^|\/(?:v\d+|openai|codex))\/responses\/[^/?]+\/?(?:\?|$)/

/** Returns the protocol of a request; undefined if it is not a model call. */
export function matchRequest(method: unknown, path: string): MatchedPath | undefined {
  if (method === 'POST') return matchPath(path)
  if (method !== 'GET' || !ANY_FETCH.test(path)) return undefined
  if (RETRIEVAL.test(path)) return { protocol: openaiResponses, model: undefined, isRetrieval: true }
  return firstMatch(reporting, path)
}

function firstMatch(candidates: readonly Protocol[], path: string): MatchedPath | undefined {
  const bare = withoutQuery(path)
  for (const protocol of candidates) {
    const match = protocol.path.exec(bare)
    if (match === null) continue
    const { model, thread, agent } = match.groups ?? {}
    return { protocol, model: modelOf(model), agent: thread ?? agent }
  }
  return undefined
}

/** Servers ignore a slash at the end of a path. */
function withoutQuery(path: string): string {
  const query = path.indexOf('?')
  const end = query === -1 ? path.length : query
  return path.slice(0, path[end - 1] === '/' ? end - 1 : end)
}

/** The model in a path. Of an AWS resource name only the last part is used: the others contain the account. */
function modelOf(encoded: string | undefined): string | undefined {
  if (encoded === undefined) return undefined
  try {
    const name = decodeURIComponent(encoded)
    return name.startsWith('arn:') ? name.slice(name.lastIndexOf('/') + 1) : name
  } catch {
    return undefined
  }
}
