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

/** US dollars per million tokens: one price, or another one for every token of a call with more input tokens than `start`. */
export type TokenPrice =
  | number
  | { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] }

/** Prices of a model's tokens. A detail without its own price has the price of its input or output. */
export interface ModelPrices {
  readonly input?: TokenPrice | undefined
  readonly output?: TokenPrice | undefined
  readonly cacheRead?: TokenPrice | undefined
  readonly cacheWrite?: TokenPrice | undefined
  readonly audioInput?: TokenPrice | undefined
  readonly audioOutput?: TokenPrice | undefined
  readonly imageInput?: TokenPrice | undefined
  readonly imageOutput?: TokenPrice | undefined
}

/** Returns the prices of a model at a time; undefined for an unknown model. It is called for each model call. */
export type PriceLookup = (call: {
  readonly model: string
  /** OpenTelemetry's name of the provider. */
  readonly provider: string
  readonly unixMs: number
}) => ModelPrices | undefined

export type PriceTable = typeof priceTable extends OptionType<infer T> ? T : never
