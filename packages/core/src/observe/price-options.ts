import { amount, group, mapOf, type OptionType, option } from '@quipu/catalog/options'

/** US dollars per million tokens. A detail defaults to the price of the input or output. */
const priceOptions = group({
  /** Input tokens. */
  input: option(amount, { required: true }),
  /** Output tokens. */
  output: option(amount, { required: true }),
  /** Input tokens read from the provider's cache. */
  cacheRead: option(amount, {}),
  /** Input tokens written to the provider's cache. */
  cacheWrite: option(amount, {}),
})

/** US dollars per million tokens, by model. */
export const priceTable = mapOf(priceOptions, { expected: 'an object with a price for each model' })

export type PriceTable = typeof priceTable extends OptionType<infer T> ? T : never
