import { labelNameOnPage, type MetricSpec, type MetricSpecs } from '@quipu/catalog/builtin'
import { formatMatcher, type Selection } from './selection.js'
import { storedNames } from './stored-names.js'

/** What every query of a board or rule file has in common. */
export interface QueryScope {
  /** The window of a rate, such as `5m` or `$__rate_interval`. */
  readonly rate: string
  /** The window of an increase, such as `1d` or `$__range`. */
  readonly range: string
  /** Matchers of every selector, such as `job=~"$job"`. */
  readonly matchers?: readonly string[]
  /** Matchers of the selectors whose metric declares the label, by label name on the page. */
  readonly filters?: { readonly [label: string]: string }
  /** Labels that every aggregation keeps, beside those that are asked for. */
  readonly keep?: readonly string[]
}

/** A selection whose labels the types have checked already. */
export type AnySelection = Selection<MetricSpec>

/** Writes the parts of queries: selectors, aggregations, and the union of the names and forms that a metric may have. */
export interface Selectors {
  readonly metrics: MetricSpecs
  readonly scope: QueryScope
  /** One function call for each name of a metric, aggregated: `sum by (model) (rate(llm_requests_total[5m]))`. */
  each(metric: string, selection: AnySelection, form: Form): readonly string[]
  /** Name of a metric on a page. */
  nameOf(metric: string): string
}

/** How one name of a metric is read. */
export interface Form {
  /** `_count`, `_sum`, `_bucket`; none for the metric itself, which a native histogram is. */
  readonly suffix?: string
  /** Around the selector: `rate`. */
  readonly fn?: 'rate' | 'increase'
  /** Around that: `histogram_count`. */
  readonly of?: string
  /** Default `sum`. */
  readonly fold?: string
  /** Labels beside those of the selection: `le`. */
  readonly also?: readonly string[]
}

/** The selectors of a catalogue in a scope. */
export function createSelectors(metrics: MetricSpecs, scope: QueryScope): Selectors {
  const names = storedNames(metrics)

  const matchersOf = (metric: string, where: AnySelection['where'] = {}): readonly string[] => {
    const declared = Object.keys(metrics[metric]?.labels ?? {}).map(labelNameOnPage)
    const filters = Object.entries(scope.filters ?? {}).filter(([label]) => declared.includes(label))
    const chosen = Object.entries(where).flatMap(([label, match]) =>
      match === undefined ? [] : [formatMatcher(labelNameOnPage(label), match)],
    )
    return [...filters.map(([, matcher]) => matcher), ...chosen]
  }

  return {
    metrics,
    scope,
    each(metric, { by = [], where, over, offset }, { suffix = '', fn, of, fold = 'sum', also = [] }) {
      const labels = [...also, ...(scope.keep ?? []), ...by].map(labelNameOnPage)
      const grouping = labels.length > 0 ? ` by (${labels.join(', ')})` : ''
      const window = fn === undefined ? '' : `[${over ?? (fn === 'rate' ? scope.rate : scope.range)}]`
      const past = offset === undefined ? '' : ` offset ${offset}`
      return (names.get(metric) ?? []).map(({ name, matchers }) => {
        const all = [...(scope.matchers ?? []), ...matchers, ...matchersOf(metric, where)]
        const selector = `${name}${suffix}${all.length > 0 ? `{${all.join(', ')}}` : ''}${window}${past}`
        const read = [of, fn].reduceRight((inner, call) => (call === undefined ? inner : `${call}(${inner})`), selector)
        return `${fold}${grouping} (${read})`
      })
    },
    nameOf: (metric) => names.get(metric)?.[0]?.name ?? metric,
  }
}

/** The first alternative that has series, label set by label set. */
export function either(alternatives: readonly string[]): string {
  return alternatives.length > 1 ? `(${alternatives.join(' or ')})` : (alternatives[0] ?? '')
}
