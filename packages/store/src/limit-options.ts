import { group, integer, option, type ResolvedOptions } from '@quipu/catalog/options'

/** Bounds on what a recorder may hold. */
export const limitOptions = group({
  /** Most series of a metric whose entry has no budget of its own. */
  seriesPerMetric: option(integer({ min: 1, max: 10_000_000 }), { default: 2000 }),
  /** Most distinct values of an open label whose entry has no budget of its own. */
  valuesPerLabel: option(integer({ min: 1, max: 10_000_000 }), { default: 200 }),
  /** Most UTF-16 code units of a label value: 128 keeps real names and cuts prompts. */
  valueLength: option(integer({ min: 1, max: 65_536 }), { default: 128 }),
})

export type Limits = ResolvedOptions<typeof limitOptions.fields>
