import { isLegacyName } from '../families/escaping.js'
import { baseName, type Family, type Point } from '../families/family.js'
import { escapeLabelValue } from '../families/label-text.js'
import { canonicalText } from './number-text.js'
import type { PageBytes } from './page-bytes.js'
import { asciiBytes, utf8 } from './utf8.js'

/** One of the two text formats. */
export type TextDialect = 'text' | 'openmetrics'

/** Options of text pages. */
export interface TextOptions {
  readonly dialect: TextDialect
  /** Write `_created` samples (OpenMetrics only). Off by default, because they double the samples of a counter. */
  readonly created: boolean
}

/** The beginning of a sample's line, up to its labels or, without labels, up to its value. */
export interface SampleHead {
  readonly open: Uint8Array
  readonly alone: Uint8Array
}

/** The parts of a family's lines that all series share, built once per family. */
export interface FamilyStyle {
  readonly value: SampleHead
  readonly bucket: SampleHead
  readonly sum: SampleHead
  readonly count: SampleHead
  readonly created: SampleHead
  readonly les: LeTexts
  /** The lowest bound of the buckets; 0 without buckets. */
  readonly lowest: number
}

/** The end of a bucket's line up to its count, for each bound and +Inf. */
export interface LeTexts {
  readonly afterLabels: readonly Uint8Array[]
  readonly alone: readonly Uint8Array[]
}

export function familyStyle(family: Family, { dialect }: TextOptions): FamilyStyle {
  const base = baseName(family)
  return {
    value: sampleHead(dialect === 'openmetrics' && family.type === 'counter' ? `${base}_total` : family.name),
    bucket: sampleHead(`${base}_bucket`),
    sum: sampleHead(`${base}_sum`),
    count: sampleHead(`${base}_count`),
    created: sampleHead(`${base}_created`),
    les: leTexts(family.bounds),
    lowest: family.bounds[0] ?? 0,
  }
}

function sampleHead(name: string): SampleHead {
  if (isLegacyName(name, 'metric')) return { open: utf8().encode(`${name}{`), alone: utf8().encode(`${name} `) }
  const quoted = quoteName(name)
  return { open: utf8().encode(`{${quoted},`), alone: utf8().encode(`{${quoted}} `) }
}

/** A metric's name among labels and in metadata, in quotes if necessary. */
export function quoteName(name: string): string {
  return isLegacyName(name, 'metric') ? name : `"${escapeLabelValue(name)}"`
}

const leCache = new WeakMap<readonly number[], LeTexts>()

/** The `le` texts of bounds, cached by array, which all series of a metric share. */
export function leTexts(bounds: readonly number[]): LeTexts {
  const known = leCache.get(bounds)
  if (known !== undefined) return known
  const texts = [...bounds, Number.POSITIVE_INFINITY].map((bound) => `le="${canonicalText(bound)}"} `)
  const made: LeTexts = {
    alone: texts.map((text) => utf8().encode(text)),
    afterLabels: texts.map((text) => utf8().encode(`,${text}`)),
  }
  leCache.set(bounds, made)
  return made
}

const END_OF_LABELS = asciiBytes('} ')
export const LINE_FEED = 0x0a

/** Writes a sample's line up to its value. */
export function writeHead(out: PageBytes, { open, alone }: SampleHead, labels: string): void {
  if (labels === '') {
    out.raw(alone)
    return
  }
  out.raw(open)
  out.text(labels)
  out.raw(END_OF_LABELS)
}

/** Writes the line of a sample. */
export function writeSample(out: PageBytes, head: SampleHead, labels: string, value: number): void {
  writeHead(out, head, labels)
  out.number(value)
  out.byte(LINE_FEED)
}

/** Returns the number at an index of a point's data. */
export function numberAt({ data, at }: Point, index: number): number {
  return data[at + index] ?? 0
}
