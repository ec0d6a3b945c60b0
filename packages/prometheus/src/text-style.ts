import { baseName, type Family, type Point } from './family.js'
import { canonicalText, valueText } from './number-text.js'

/** Which of the two text languages a page is written in. */
export type TextDialect = 'text' | 'openmetrics'

/** A text page's writing options. */
export interface TextOptions {
  readonly dialect: TextDialect
  /** Write `_created` samples (OpenMetrics only). They double the samples of a counter, so the default is no. */
  readonly created: boolean
}

/** What of a family's lines is the same for every series: built once a family. */
export interface FamilyStyle {
  readonly value: string
  readonly bucket: string
  readonly sum: string
  readonly count: string
  readonly created: string
  readonly les: LeTexts
  /** The lowest bound of the buckets; 0 when there are none. */
  readonly lowest: number
}

/** The end of a bucket's line up to its count, for each bound and +Inf. */
export interface LeTexts {
  readonly afterLabels: readonly string[]
  readonly alone: readonly string[]
}

export function familyStyle(family: Family, { dialect }: TextOptions): FamilyStyle {
  const base = baseName(family)
  const value = dialect === 'openmetrics' && family.type === 'counter' ? `${base}_total` : family.name
  return {
    value,
    bucket: `${base}_bucket{`,
    sum: `${base}_sum`,
    count: `${base}_count`,
    created: `${base}_created`,
    les: leTexts(family.bounds),
    lowest: family.bounds[0] ?? 0,
  }
}

const leCache = new WeakMap<readonly number[], LeTexts>()

/** The `le` texts of bounds; kept by the array, since a metric's series all share one. */
export function leTexts(bounds: readonly number[]): LeTexts {
  const known = leCache.get(bounds)
  if (known !== undefined) return known
  const alone = [...bounds, Number.POSITIVE_INFINITY].map((bound) => `le="${canonicalText(bound)}"} `)
  const texts = { alone, afterLabels: alone.map((text) => `,${text}`) }
  leCache.set(bounds, texts)
  return texts
}

/** A sample line of a name, its labels and its value. */
export function sampleLine(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${valueText(value)}\n` : `${name}{${labels}} ${valueText(value)}\n`
}

/** The number at an index of a point's data. */
export function numberAt({ data, at }: Point, index: number): number {
  return data[at + index] ?? 0
}
