import type { LlmUsage } from './llm-usage.js'
import type { PriceTable } from './price-options.js'

/** Returns the cost of a call by the price table, in US dollars; undefined if the table or the usage lacks a value. */
export function costOf(model: string, usage: LlmUsage | undefined, prices: PriceTable | undefined): number | undefined {
  const price = prices !== undefined && Object.hasOwn(prices, model) ? prices[model] : undefined
  if (price === undefined || usage === undefined) return undefined
  const read = usage.cacheReadTokens ?? 0
  const written = usage.cacheWriteTokens ?? 0
  const fresh = Math.max(0, (usage.inputTokens ?? 0) - read - written)
  const millionths =
    fresh * price.input +
    read * (price.cacheRead ?? price.input) +
    written * (price.cacheWrite ?? price.input) +
    (usage.outputTokens ?? 0) * price.output
  return millionths / 1e6
}
