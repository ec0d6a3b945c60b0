/** Tokens of one model call. Input is all input, cached or not; output is all output, reasoning too (T14). */
export interface LlmUsage {
  readonly inputTokens?: number | undefined
  readonly outputTokens?: number | undefined
  /** Parts of the input. */
  readonly cacheReadTokens?: number | undefined
  readonly cacheWriteTokens?: number | undefined
  readonly audioInputTokens?: number | undefined
  readonly imageInputTokens?: number | undefined
  /** Parts of the output. */
  readonly reasoningTokens?: number | undefined
  readonly audioOutputTokens?: number | undefined
  readonly imageOutputTokens?: number | undefined
}

/** Usage as providers spell it; what is not a usable count is left out. */
export type UsageLike = LlmUsage | { readonly [name: string]: unknown }

/**
 * Reads token usage by shape: camelCase, `input_tokens`, `prompt_tokens` and Google's spellings, with their details.
 * @returns undefined when there is no count in it; NaN, negative and non-number counts are not counts
 */
export function toLlmUsage(usage: unknown): LlmUsage | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined
  const cacheRead = firstCount(usage, paths.cacheRead)
  const cacheWrite = firstCount(usage, paths.cacheWrite)
  const input = firstCount(usage, paths.input)
  const output = firstCount(usage, paths.output)
  if (input === undefined && output === undefined) return undefined
  // Anthropic's `input_tokens` leaves the cached ones out; only there do they stand beside it under these names.
  const beside = (count(usage, 'cache_read_input_tokens') ?? 0) + (count(usage, 'cache_creation_input_tokens') ?? 0)
  return {
    inputTokens: input === undefined ? undefined : input + beside,
    outputTokens: output === undefined ? undefined : output + (count(usage, 'thoughtsTokenCount') ?? 0),
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    reasoningTokens: firstCount(usage, paths.reasoning),
    audioInputTokens: firstCount(usage, paths.audioInput),
    audioOutputTokens: firstCount(usage, paths.audioOutput),
    imageInputTokens: firstCount(usage, paths.imageInput),
    imageOutputTokens: firstCount(usage, paths.imageOutput),
  }
}

/** The sum of two usages, for calls that were made of several. */
export function addUsage(a: LlmUsage | undefined, b: LlmUsage): LlmUsage {
  if (a === undefined) return b
  const sum = (x: number | undefined, y: number | undefined): number | undefined =>
    x === undefined && y === undefined ? undefined : (x ?? 0) + (y ?? 0)
  return {
    inputTokens: sum(a.inputTokens, b.inputTokens),
    outputTokens: sum(a.outputTokens, b.outputTokens),
    cacheReadTokens: sum(a.cacheReadTokens, b.cacheReadTokens),
    cacheWriteTokens: sum(a.cacheWriteTokens, b.cacheWriteTokens),
    reasoningTokens: sum(a.reasoningTokens, b.reasoningTokens),
    audioInputTokens: sum(a.audioInputTokens, b.audioInputTokens),
    audioOutputTokens: sum(a.audioOutputTokens, b.audioOutputTokens),
    imageInputTokens: sum(a.imageInputTokens, b.imageInputTokens),
    imageOutputTokens: sum(a.imageOutputTokens, b.imageOutputTokens),
  }
}

const inputDetails = ['prompt_tokens_details', 'input_tokens_details', 'inputTokenDetails', 'input_token_details']
const outputDetails = [
  'completion_tokens_details',
  'output_tokens_details',
  'outputTokenDetails',
  'output_token_details',
]
const within = (holders: readonly string[], names: readonly string[]): string[] =>
  holders.flatMap((holder) => names.map((name) => `${holder}.${name}`))

const paths = {
  input: ['inputTokens', 'input_tokens', 'prompt_tokens', 'promptTokens', 'promptTokenCount', 'prompt_eval_count'],
  output: [
    'outputTokens',
    'output_tokens',
    'completion_tokens',
    'completionTokens',
    'candidatesTokenCount',
    'eval_count',
  ],
  cacheRead: [
    'cacheReadTokens',
    'cache_read_input_tokens',
    'cacheReadInputTokens',
    'cachedContentTokenCount',
    ...within(inputDetails, ['cached_tokens', 'cacheReadTokens', 'cache_read']),
  ],
  cacheWrite: [
    'cacheWriteTokens',
    'cache_creation_input_tokens',
    'cacheWriteInputTokens',
    ...within(inputDetails, ['cache_write_tokens', 'cacheWriteTokens', 'cache_creation']),
  ],
  reasoning: [
    'reasoningTokens',
    'thoughtsTokenCount',
    ...within(outputDetails, ['reasoning_tokens', 'reasoningTokens', 'reasoning', 'thinking_tokens']),
  ],
  audioInput: ['audioInputTokens', ...within(inputDetails, ['audio_tokens', 'audio'])],
  audioOutput: ['audioOutputTokens', ...within(outputDetails, ['audio_tokens', 'audio'])],
  imageInput: ['imageInputTokens', ...within(inputDetails, ['image_tokens', 'image'])],
  imageOutput: ['imageOutputTokens', ...within(outputDetails, ['image_tokens', 'image'])],
}

function firstCount(usage: object, names: readonly string[]): number | undefined {
  for (const name of names) {
    const dot = name.indexOf('.')
    const found = dot < 0 ? count(usage, name) : countWithin(usage, name.slice(0, dot), name.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}

function countWithin(usage: object, holder: string, name: string): number | undefined {
  const details: unknown = Reflect.get(usage, holder)
  return typeof details === 'object' && details !== null ? count(details, name) : undefined
}

function count(holder: object, name: string): number | undefined {
  const value: unknown = Reflect.get(holder, name)
  return typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : undefined
}
