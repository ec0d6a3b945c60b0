import type { NumberTree } from '../read/selection.js'

/** xAI reports prices in ten-billionths of a dollar. */
const TICKS_PER_DOLLAR = 1e10

/**
 * Returns the cost of a call in US dollars, as the provider reports it: OpenRouter's `cost`, Perplexity's
 * `cost.total_cost`, xAI's ticks.
 */
export function reportedCost(usage: NumberTree | undefined): number | undefined {
  if (usage === undefined) return undefined
  const { cost, cost_in_usd_ticks: ticks } = usage
  const said = typeof cost === 'object' ? cost.total_cost : cost
  const dollars = typeof said === 'number' ? said : typeof ticks === 'number' ? ticks / TICKS_PER_DOLLAR : undefined
  return dollars !== undefined && dollars >= 0 ? dollars : undefined
}

/** Returns the cost of a call in US dollars, as LiteLLM's proxy reports it in a header; in that of a stream it may be 0. */
export function costHeader(header: (name: string) => string | undefined): number | undefined {
  const dollars = Number(header('x-litellm-response-cost'))
  return dollars > 0 && Number.isFinite(dollars) ? dollars : undefined
}
