import { exportedNames } from '../names.js'
import type { MetricRules } from './lint-rule.js'

// promlint's units, each with the base unit to use instead.
const baseUnits: { readonly [word: string]: string } = {
  nanoseconds: 'seconds',
  microseconds: 'seconds',
  milliseconds: 'seconds',
  minutes: 'seconds',
  hours: 'seconds',
  days: 'seconds',
  weeks: 'seconds',
  bits: 'bytes',
  kilobytes: 'bytes',
  megabytes: 'bytes',
  gigabytes: 'bytes',
  terabytes: 'bytes',
  kibibytes: 'bytes',
  mebibytes: 'bytes',
  gibibytes: 'bytes',
  tibibytes: 'bytes',
  percent: 'ratio',
  fahrenheit: 'celsius',
  kelvin: 'celsius',
  inches: 'meters',
  yards: 'meters',
  miles: 'meters',
  calories: 'joules',
}
const abbreviations = new Set('s ms us ns sec m h d b kb mb gb tb pb'.split(' '))
const kindWords = new Set(['counter', 'gauge', 'histogram', 'summary', 'untyped'])

/** promlint's rules. They check the name on the page, with its unit and `_total`. */
export const prometheusRules: MetricRules = function* (key, spec) {
  if (spec.exportTo !== undefined && !spec.exportTo.includes('prometheus')) return
  const name = exportedNames(key, spec).prometheus
  const isCounter = spec.kind === 'counter'
  const isHistogram = spec.kind === 'histogram'
  const hasSum = isHistogram || spec.kind === 'summary'

  if (spec.help.trim() === '') yield ['help', 'has no help text']
  if (isCounter && !name.endsWith('_total')) yield ['counter-total', `${name} should end in _total`]
  if (!isCounter && name.endsWith('_total')) yield ['non-counter-total', `${name} ends in _total and is no counter`]
  if (/[a-z][A-Z]/.test(name)) yield ['camel-case', `${name} should be snake_case`]
  if (name.includes(':')) yield ['reserved-character', `${name} has a colon, which is for recording rules`]
  if (name.endsWith('_bucket') && !isHistogram) yield ['reserved-suffix', `${name} ends as a bucket does`]
  if (/_(count|sum)$/.test(name) && !hasSum) yield ['reserved-suffix', `${name} ends as a part of a histogram does`]

  for (const [i, word] of name.toLowerCase().split(/[_:]/).entries()) {
    if (Object.hasOwn(baseUnits, word)) yield ['base-unit', `${name} should be in ${baseUnits[word]}, not ${word}`]
    if (i > 0 && abbreviations.has(word)) yield ['unit-abbreviation', `${name} has the abbreviated unit ${word}`]
    if (kindWords.has(word)) yield ['type-in-name', `${name} has the type ${word} in its name`]
  }
  for (const label of Object.keys(spec.labels ?? {})) {
    if (/[a-z][A-Z]/.test(label)) yield ['camel-case', `label ${label} should be snake_case`]
    if (label === 'job' || label === 'instance') yield ['reserved-label', `label ${label} is set by the scraper`]
  }
}
