import type { PriceTable } from '@quipu/sdk'

/** Prices of the application's models, in US dollars per million tokens. */
export const prices: PriceTable = {
  'gpt-4': { input: 30, output: 60 },
  'gpt-4o-mini': { input: 0.15, output: 0.6 },
  'gpt-4.1-nano': { input: 0.1, output: 0.4 },
  'claude-haiku-4-5': { input: 1, output: 5 },
  'text-embedding-3-small': { input: 0.02, output: 0 },
}
