import type { LabelClass, LabelSpec } from '@quipu/catalog/builtin'
import { cleanDeclaredRoute, cleanValue, OTHER, toLabelString } from '../privacy/clean.js'

/** The values that one label of a metric accepts. */
export interface LabelRule {
  readonly name: string
  readonly optional: boolean
  /**
   * Values that always get their own series: the closed set, or the values allowed by the catalogue and the options.
   */
  readonly allowed: ReadonlySet<string>
  /** Whether the label has a budget, because it has a class or a template. A closed set is bounded by itself. */
  readonly open: boolean
  /** Whether its values are pseudonyms, which a caller's value never equals. */
  readonly pseudonymous: boolean
  readonly budget: number
  /** Returns the canonical value of a raw one; undefined for a value of an invalid type. */
  clean(raw: unknown): string | undefined
}

export interface LabelRuleOptions {
  readonly allowed: readonly string[]
  readonly budget: number
  readonly valueLength: number
  /** Default: no routes. */
  readonly declaredRoutes?: ReadonlySet<string>
  readonly pseudonym: (value: string) => string
}

interface Details {
  readonly class?: LabelClass
  readonly values?: readonly string[]
  readonly template?: string
  readonly optional?: boolean
  readonly budget?: number
}

function isList(spec: LabelSpec): spec is readonly string[] {
  return Array.isArray(spec)
}

function detailsOf(spec: LabelSpec): Details {
  if (typeof spec === 'string') return { class: spec }
  return isList(spec) ? { values: spec } : spec
}

function templatePattern(template: string): RegExp {
  const escaped = template.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('\\{number\\}', '\\d+').replaceAll('\\{name\\}', '[A-Za-z0-9_.:-]+')}$`)
}

function cleaner(details: Details, allowed: ReadonlySet<string>, options: LabelRuleOptions): (value: string) => string {
  if (details.class !== undefined) {
    const labelClass = details.class
    const clean = (value: string) => cleanValue(value, labelClass, options.valueLength, options.pseudonym)
    if (labelClass !== 'route') return clean
    return (value) =>
      options.declaredRoutes?.has(value) ? cleanDeclaredRoute(value, options.valueLength) : clean(value)
  }
  if (details.template !== undefined) {
    const pattern = templatePattern(details.template)
    return (value) => (value.length <= options.valueLength && pattern.test(value) ? value : OTHER)
  }
  return (value) => (allowed.has(value) ? value : OTHER)
}

/** Maximum number of series that are created before their first value. */
const MOST_EXPECTED_SERIES = 32

/** The label values of all possible series of a metric; empty if a label is not a closed set, or if there are too many. */
export function expectedSeries(rules: readonly LabelRule[]): readonly string[][] {
  let series: string[][] = [[]]
  for (const { allowed, open } of rules) {
    if (open || series.length * allowed.size > MOST_EXPECTED_SERIES) return []
    series = series.flatMap((values) => Array.from(allowed, (value) => [...values, value]))
  }
  return series
}

/** Returns the rule of one label, from its catalogue entry and the recorder's options. */
export function createLabelRule(name: string, spec: LabelSpec, options: LabelRuleOptions): LabelRule {
  const details = detailsOf(spec)
  // An id is always replaced by its pseudonym.
  const allowed = new Set(details.class === 'id' ? [] : [...(details.values ?? []), ...options.allowed])
  const clean = cleaner(details, allowed, options)
  return {
    name,
    optional: details.optional ?? false,
    allowed,
    pseudonymous: details.class === 'id',
    open: details.class !== undefined || details.template !== undefined,
    budget: details.budget ?? options.budget,
    clean(raw) {
      const value = toLabelString(raw)
      if (value === undefined) return undefined
      return allowed.has(value) ? value : clean(value)
    },
  }
}
