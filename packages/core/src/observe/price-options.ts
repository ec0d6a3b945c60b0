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

/** US dollars per million tokens: one price, or a higher one for every token of a call with more input tokens than `start`. */
export type TokenPrice =
  | number
  | { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] }

/** What the tokens of a model cost; a detail without a price of its own costs what it is a part of. */
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

/** Looks up the prices of a model at a time; undefined for a model that it does not know. It is asked for each call. */
export type PriceLookup = (call: {
  readonly model: string
  /** OpenTelemetry's name of the provider. */
  readonly provider: string
  readonly unixMs: number
}) => ModelPrices | undefined

export type PriceTable = typeof priceTable extends OptionType<infer T> ? T : never
