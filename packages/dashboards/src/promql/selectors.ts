import { labelNameOnPage, type MetricSpec, type MetricSpecs } from '@quipu/catalog/builtin'
import { formatMatcher, type Selection } from './selection.js'
import { storedNames } from './stored-names.js'

/** Properties that all queries of a board or rule file share. */
export interface QueryScope {
  /** The window of a rate, such as `5m` or `$__rate_interval`. */
  readonly rate: string
  /** The window of an increase, such as `1d` or `$__range`. */
  readonly range: string
  /** Matchers of all selectors, such as `job=~"$job"`. */
  readonly matchers?: readonly string[]
  /** Matchers of the selectors of metrics that declare the label, by label name on the page. */
  readonly filters?: { readonly [label: string]: string }
  /** Labels that every aggregation keeps, in addition to the requested ones. */
  readonly keep?: readonly string[]
}

/** A selection whose labels were checked by the types. */
export type AnySelection = Selection<MetricSpec>

/** Writes the parts of queries: selectors, aggregations, and the union of a metric's names and forms. */
export interface Selectors {
  readonly metrics: MetricSpecs
  readonly scope: QueryScope
  /** One aggregated function call per name of a metric: `sum by (model) (rate(llm_requests_total[5m]))`. */
  each(metric: string, selection: AnySelection, form: Form): readonly string[]
  /** Returns the name of a metric on a page. */
  nameOf(metric: string): string
}

/** How to read one name of a metric. */
export interface Form {
  /** `_count`, `_sum`, `_bucket`; undefined for the metric itself, such as a native histogram. */
  readonly suffix?: string
  /** Function around the selector: `rate`. */
  readonly fn?: 'rate' | 'increase'
  /** Function around that: `histogram_count`. */
  readonly of?: string
  /** Default `sum`. */
  readonly fold?: string
  /** Labels in addition to those of the selection: `le`. */
  readonly also?: readonly string[]
}

/** Creates the selectors of a catalogue in a scope. */
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

/** Takes the first alternative with series, for each label set. */
export function either(alternatives: readonly string[]): string {
  return alternatives.length > 1 ? `(${alternatives.join(' or ')})` : (alternatives[0] ?? '')
}
