import type { LlmUsage } from './llm-usage.js'
import type { ModelPrices, PriceLookup, PriceTable, TokenPrice } from './price-options.js'

/** Parts of a cost, without overlap; `all` if only the sum is known. */
export const costTypes = ['input', 'cache_read', 'cache_write', 'output', 'all'] as const

type CostType = (typeof costTypes)[number]

/** The cost of a model call in US dollars, and its source: the provider, the application's table, or a lookup of prices. */
export interface LlmCost {
  readonly source: 'provider' | 'table' | 'prices'
  readonly parts: { readonly [T in CostType]?: number }
}

/** The prices of a recorder. */
export interface Pricing {
  readonly table: PriceTable | undefined
  readonly lookup: PriceLookup | undefined
}

/** A call whose price is looked up. */
export interface PricedCall {
  readonly model: string
  readonly responseModel: string | undefined
  readonly provider: string
  readonly unixMs: number
}

/** Returns the sum of a cost's parts; undefined without a cost. */
export function totalOf(cost: LlmCost | undefined): number | undefined {
  return cost && Object.values(cost.parts).reduce((sum, part) => sum + part, 0)
}

/** Returns the cost of a call by the recorder's prices: those of the responding model, otherwise of the requested model. */
export function costOf(call: PricedCall, usage: LlmUsage, { table, lookup }: Pricing): LlmCost | undefined {
  const models = [call.responseModel, call.model].filter((model) => model !== undefined)
  for (const model of models) {
    const price = table !== undefined && Object.hasOwn(table, model) ? table[model] : undefined
    if (price !== undefined) return costBy(price, usage, 'table')
  }
  for (const model of models) {
    const price = lookup?.({ model, provider: call.provider, unixMs: call.unixMs })
    const cost = price === undefined ? undefined : costBy(price, usage, 'prices')
    if (cost !== undefined) return cost
  }
  return undefined
}

/** A detail without its own price has the price of its input or output; undefined if neither of these has a price. */
function costBy(price: ModelPrices, usage: LlmUsage, source: 'table' | 'prices'): LlmCost | undefined {
  if (price.input === undefined && price.output === undefined) return undefined
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0 } = usage
  const { audioInputTokens = 0, imageInputTokens = 0, audioOutputTokens = 0, imageOutputTokens = 0 } = usage
  // Some providers have a higher price for every token of a long prompt.
  const of = (tokens: number, ...prices: readonly (TokenPrice | undefined)[]): number =>
    (tokens * perMillion(prices.find((each) => each !== undefined) ?? 0, inputTokens)) / 1e6
  const textInput = Math.max(0, inputTokens - cacheReadTokens - cacheWriteTokens - audioInputTokens - imageInputTokens)
  const textOutput = Math.max(0, outputTokens - audioOutputTokens - imageOutputTokens)
  const parts = {
    input:
      of(textInput, price.input) +
      of(audioInputTokens, price.audioInput, price.input) +
      of(imageInputTokens, price.imageInput, price.input),
    cache_read: of(cacheReadTokens, price.cacheRead, price.input),
    cache_write: of(cacheWriteTokens, price.cacheWrite, price.input),
    output:
      of(textOutput, price.output) +
      of(audioOutputTokens, price.audioOutput, price.output) +
      of(imageOutputTokens, price.imageOutput, price.output),
  }
  return Object.values(parts).every(Number.isFinite) ? { source, parts } : undefined
}

function perMillion(price: TokenPrice, inputTokens: number): number {
  if (typeof price === 'number') return price
  return price.tiers.reduce((at, tier) => (inputTokens > tier.start ? tier.price : at), price.base)
}
