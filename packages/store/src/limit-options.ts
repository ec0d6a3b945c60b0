import { group, integer, option, type ResolvedOptions } from '@quipu/catalog/options'

/** Limits of a recorder's memory. */
export const limitOptions = group({
  /** Maximum number of series of a metric whose entry has no budget. */
  seriesPerMetric: option(integer({ min: 1, max: 10_000_000 }), { default: 2000 }),
  /** Maximum number of distinct values of an open label whose entry has no budget. */
  valuesPerLabel: option(integer({ min: 1, max: 10_000_000 }), { default: 200 }),
  /** Maximum length of a label value in UTF-16 code units. 128 keeps real names and cuts prompts. */
  valueLength: option(integer({ min: 1, max: 65_536 }), { default: 128 }),
})

export type Limits = ResolvedOptions<typeof limitOptions.fields>
