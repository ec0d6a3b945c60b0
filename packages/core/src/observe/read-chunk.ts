import { isObject } from '@quipu/catalog/builtin'
import { at, get } from './own-property.js'
import type { RunningLlmCall } from './running-llm-call.js'

/**
 * Reads usage and text size of a chunk of a stream or decorated generator, in the shapes of providers and of libraries
 * that wrap them. Text is measured and dropped.
 */
export function readChunk(call: RunningLlmCall, chunk: unknown): void {
  if (!call.isAccepting) return
  call.firstChunk()
  if (typeof chunk !== 'string' && !isObject(chunk)) return
  for (const text of typeof chunk === 'string' ? [chunk] : textsOf(chunk)) {
    if (text !== '') call.firstOutput()
    call.tally.read.addOutput(text)
  }
  if (typeof chunk === 'string') return
  for (const path of usagePaths) {
    const usage = at(chunk, ...path)
    if (isObject(usage)) call.tally.read.raiseUsage(usage)
  }
  if (usageNames.some((name) => Object.hasOwn(chunk, name))) call.tally.read.raiseUsage(chunk)
  const latencyMs = at(chunk, 'metadata', 'metrics', 'latencyMs')
  if (typeof latencyMs === 'number') call.response({ latencyMs })
}

const usagePaths: readonly (readonly string[])[] = [
  ['usage'],
  ['usageMetadata'],
  ['usage_metadata'],
  // Anthropic's first event, OpenAI's last of a response, Bedrock's last, the AI SDK's last part.
  ['message', 'usage'],
  ['response', 'usage'],
  ['metadata', 'usage'],
  ['totalUsage'],
]

/** Ollama's counts are next to the response. */
const usageNames = ['prompt_eval_count', 'eval_count']

/** Positions of a chunk's text; the first one with text is read. */
const textPaths: readonly (readonly string[])[] = [
  ['delta', 'text'],
  ['contentBlockDelta', 'delta', 'text'],
  ['message', 'content'],
  ['content'],
  ['response'],
  ['text'],
  ['textDelta'],
]

function textsOf(chunk: object): readonly string[] {
  const choices = get(chunk, 'choices')
  if (Array.isArray(choices))
    return texts(choices.map((choice) => at(choice, 'delta', 'content') ?? at(choice, 'text')))
  const candidates = get(chunk, 'candidates')
  if (Array.isArray(candidates)) {
    const parts = candidates.map((candidate) => at(candidate, 'content', 'parts')).filter(Array.isArray)
    return texts(parts.flat().map((part: unknown) => at(part, 'text')))
  }
  const type = get(chunk, 'type')
  // Parts of OpenAI's responses and of the AI SDK have a type; other parts than text have a `delta` or a `text` as
  // well.
  if (
    typeof type === 'string' &&
    !/^(?:message|content_block_delta|response\.output_text\.delta|text-delta)/.test(type)
  )
    return []
  const delta = get(chunk, 'delta')
  if (typeof delta === 'string') return [delta]
  for (const path of textPaths) {
    const text = at(chunk, ...path)
    if (typeof text === 'string') return [text]
  }
  return []
}

function texts(values: readonly unknown[]): readonly string[] {
  return values.filter((value) => typeof value === 'string')
}
