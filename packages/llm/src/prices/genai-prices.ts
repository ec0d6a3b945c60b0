import type { ModelPrices, PriceLookup } from '@quipu/core'

/** The used part of `@pydantic/genai-prices`. */
export interface GenaiPrices {
  calcPrice(
    usage: object,
    model: string,
    options?: { providerId?: string; timestamp?: Date },
  ): { readonly model_price: object } | null
}

/** The package's provider names, by OpenTelemetry's names; all others are equal or unknown to it. */
const providers: { readonly [provider: string]: string } = {
  'aws.bedrock': 'aws',
  'azure.ai.openai': 'azure',
  'azure.ai.inference': 'azure',
  'gcp.gemini': 'google',
  'gcp.vertex_ai': 'google',
  'gcp.gen_ai': 'google',
  mistral_ai: 'mistral',
  moonshot_ai: 'moonshotai',
  together_ai: 'together',
  x_ai: 'x-ai',
}

/** Length of a slot: prices that depend on the time of day change on the hour or half past. */
const SLOT_MS = 1_800_000
/** Maximum number of models cached per slot. */
const MAX_MODELS = 1000

/**
 * Looks up the prices of models in `@pydantic/genai-prices`, which has those of the large providers by date. A lookup takes
 * about 0.1 ms, so each provider and model is looked up once per half hour. Makes no request.
 *
 * @param library the imported package
 * @returns a function for `priceOf` of `start()` and `createRecorder()`, which never throws
 * @example
 * import * as prices from '@pydantic/genai-prices'
 *
 * start({ priceOf: genaiPrices(prices) })
 */
export function genaiPrices(library: GenaiPrices): PriceLookup {
  let slot = Number.NaN
  const known = new Map<string, ModelPrices | undefined>()
  return ({ model, provider, unixMs }) => {
    const now = Math.floor(unixMs / SLOT_MS)
    if (now !== slot || known.size >= MAX_MODELS) known.clear()
    slot = now
    const key = `${provider} ${model}`
    if (!known.has(key)) known.set(key, pricesOf(library, model, provider, new Date(unixMs)))
    return known.get(key)
  }
}

function pricesOf(library: GenaiPrices, model: string, provider: string, timestamp: Date): ModelPrices | undefined {
  try {
    const providerId = providers[provider] ?? provider
    // An unknown provider, such as a proxy, may serve a known model.
    const price = library.calcPrice({}, model, { providerId, timestamp }) ?? library.calcPrice({}, model, { timestamp })
    return price === null ? undefined : toModelPrices(price.model_price as RawPrices)
  } catch {
    return undefined
  }
}

type RawPrices = { readonly [unit: string]: ModelPrices['input'] }

function toModelPrices(raw: RawPrices): ModelPrices {
  return {
    input: raw.input_mtok,
    output: raw.output_mtok,
    cacheRead: raw.cache_read_mtok,
    cacheWrite: raw.cache_write_mtok,
    audioInput: raw.input_audio_mtok,
    audioOutput: raw.output_audio_mtok,
    imageInput: raw.input_image_mtok,
    imageOutput: raw.output_image_mtok,
  }
}
