/** Tokens of one model call. Input includes cached input; output includes reasoning. */
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

/** Usage in the spelling of a provider. Invalid counts are ignored. */
export type UsageLike = LlmUsage | { readonly [name: string]: unknown }

/**
 * Reads token usage by shape, in the spellings of providers and of libraries that wrap them.
 * @returns undefined without a valid count; NaN, negative numbers and other types are not counts; never throws
 * @example
 * toLlmUsage({ prompt_tokens: 9, completion_tokens: 1 }) // { inputTokens: 9, outputTokens: 1 }
 */
export function toLlmUsage(usage: unknown): LlmUsage | undefined {
  try {
    return typeof usage === 'object' && usage !== null ? readUsage(usage) : undefined
  } catch {
    // A getter or a proxy of the provider's object threw.
    return undefined
  }
}

function readUsage(usage: object): LlmUsage | undefined {
  const read = (places: readonly Place[]): number | undefined => firstCount(usage, places)
  const input = read(paths.input)
  const answer = read(paths.output)
  // Google's candidates exclude the thoughts; a response may consist of thoughts only.
  const thoughts = count(usage, 'thoughtsTokenCount')
  const output = answer === undefined ? thoughts : answer + (thoughts ?? 0)
  if (input === undefined && output === undefined) return undefined
  const totals = { inputTokens: input === undefined ? undefined : input + inputBeside(usage), outputTokens: output }
  if (!mayHaveDetails(usage)) return totals
  return {
    ...totals,
    cacheReadTokens: read(paths.cacheRead),
    cacheWriteTokens: read(paths.cacheWrite),
    reasoningTokens: read(paths.reasoning),
    audioInputTokens: read(paths.audioInput),
    audioOutputTokens: read(paths.audioOutput),
    imageInputTokens: read(paths.imageInput),
    imageOutputTokens: read(paths.imageOutput),
  }
}

/**
 * Input tokens that the provider does not include in its input: the cached tokens of Anthropic and of Bedrock's
 * Converse, and Google's tool results. Other providers include them, even if a proxy adds Anthropic's names to
 * OpenAI's.
 */
function inputBeside(usage: object): number {
  const add = (...names: string[]): number => names.reduce((sum, name) => sum + (count(usage, name) ?? 0), 0)
  if (count(usage, 'prompt_tokens') !== undefined) return 0
  if (count(usage, 'input_tokens') !== undefined) return add('cache_read_input_tokens', 'cache_creation_input_tokens')
  if (count(usage, 'inputTokens') !== undefined) return add('cacheReadInputTokens', 'cacheWriteInputTokens')
  return add('toolUsePromptTokenCount')
}

type Count = number | undefined

/** Sum of two usages, for a call that contains several. */
export function addUsage(a: LlmUsage | undefined, b: LlmUsage): LlmUsage {
  if (a === undefined) return b
  return combine(a, b, (x, y) => (x === undefined && y === undefined ? undefined : (x ?? 0) + (y ?? 0)))
}

/** The greater counts of two usages, for a stream whose chunks report totals so far. */
export function greaterUsage(a: LlmUsage, b: LlmUsage): LlmUsage {
  return combine(a, b, (x, y) => (x === undefined || y === undefined ? (x ?? y) : Math.max(x, y)))
}

function combine(a: LlmUsage, b: LlmUsage, count: (x: Count, y: Count) => Count): LlmUsage {
  return {
    inputTokens: count(a.inputTokens, b.inputTokens),
    outputTokens: count(a.outputTokens, b.outputTokens),
    cacheReadTokens: count(a.cacheReadTokens, b.cacheReadTokens),
    cacheWriteTokens: count(a.cacheWriteTokens, b.cacheWriteTokens),
    reasoningTokens: count(a.reasoningTokens, b.reasoningTokens),
    audioInputTokens: count(a.audioInputTokens, b.audioInputTokens),
    audioOutputTokens: count(a.audioOutputTokens, b.audioOutputTokens),
    imageInputTokens: count(a.imageInputTokens, b.imageInputTokens),
    imageOutputTokens: count(a.imageOutputTokens, b.imageOutputTokens),
  }
}

const inputDetails = ['prompt_tokens_details', 'input_tokens_details', 'inputTokenDetails', 'input_token_details']
const outputDetails = [
  'completion_tokens_details',
  'output_tokens_details',
  'outputTokenDetails',
  'output_token_details',
]
/** Position of a count: a name, or a name within another. */
type Place = readonly [name: string, part?: string]

const named = (...names: readonly string[]): readonly Place[] => names.map((name) => [name])
const within = (holders: readonly string[], ...parts: readonly string[]): readonly Place[] =>
  holders.flatMap((holder) => parts.map((part) => [holder, part] as const))

const paths = {
  input: [
    ...named('inputTokens'),
    ...within(['inputTokens'], 'total'),
    ...named('input_tokens', 'prompt_tokens', 'promptTokens', 'promptTokenCount', 'prompt_eval_count'),
  ],
  output: [
    ...named('outputTokens'),
    ...within(['outputTokens'], 'total'),
    ...named('output_tokens', 'completion_tokens', 'completionTokens', 'candidatesTokenCount', 'eval_count'),
  ],
  cacheRead: [
    ...named('cacheReadTokens', 'cache_read_input_tokens', 'cacheReadInputTokens', 'cachedContentTokenCount'),
    ...within(['inputTokens'], 'cacheRead'),
    ...within(inputDetails, 'cached_tokens', 'cacheReadTokens', 'cache_read'),
    // Kimi and DeepSeek.
    ...named('cached_tokens', 'prompt_cache_hit_tokens'),
  ],
  cacheWrite: [
    ...named('cacheWriteTokens', 'cache_creation_input_tokens', 'cacheWriteInputTokens'),
    ...within(['inputTokens'], 'cacheWrite'),
    ...within(inputDetails, 'cache_write_tokens', 'cacheWriteTokens', 'cache_creation'),
  ],
  reasoning: [
    ...named('reasoningTokens', 'thoughtsTokenCount'),
    ...within(['outputTokens'], 'reasoning'),
    ...within(outputDetails, 'reasoning_tokens', 'reasoningTokens', 'reasoning', 'thinking_tokens'),
  ],
  audioInput: [...named('audioInputTokens'), ...within(inputDetails, 'audio_tokens', 'audio')],
  audioOutput: [...named('audioOutputTokens'), ...within(outputDetails, 'audio_tokens', 'audio')],
  imageInput: [...named('imageInputTokens'), ...within(inputDetails, 'image_tokens', 'image')],
  imageOutput: [...named('imageOutputTokens'), ...within(outputDetails, 'image_tokens', 'image')],
}

// The names are separate in the table: splitting a path for each call would cost more than the rest of the call.
function firstCount(usage: object, places: readonly Place[]): number | undefined {
  for (const [name, part] of places) {
    const found = part === undefined ? count(usage, name) : countWithin(usage, name, part)
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

const detailNames: ReadonlySet<string> = new Set(
  Object.entries(paths).flatMap(([kind, places]) =>
    kind === 'input' || kind === 'output' ? [] : places.map(([name]) => name),
  ),
)
/** Totals in some spellings, and objects with the details in others. */
const totalNames: ReadonlySet<string> = new Set(['inputTokens', 'outputTokens'])

/** Whether details are possible: looking for each detail in every place takes longer than the rest of a call. */
function mayHaveDetails(usage: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(usage)
  if (prototype !== Object.prototype && prototype !== null) return true
  return Object.keys(usage).some(
    (name) => detailNames.has(name) && (!totalNames.has(name) || typeof Reflect.get(usage, name) === 'object'),
  )
}
