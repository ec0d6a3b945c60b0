import { labelNameOnPage, type MetricSpec, type MetricSpecs } from '@quipu/catalog/builtin'
import { formatMatcher, type LabelName, type Match, type NameOfKind, type Selection, type Where } from './selection.js'
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
}

/** One side of a ratio: a counter or the observations of a histogram, and which of its series. */
export interface Side<M extends MetricSpecs, N extends keyof M & string> {
  readonly metric: N
  readonly where?: Where<M[N]>
}

type Counted = 'counter' | 'histogram' | 'summary'
type Labels<M extends MetricSpecs, N extends keyof M & string> = Selection<M[N]>

/** Queries of a catalogue: a metric or label that it does not have is a compile error. */
export interface Queries<M extends MetricSpecs> {
  /** Per second; of a histogram or summary, its observations. */
  rate<N extends NameOfKind<M, Counted>>(metric: N, selection?: Labels<M, N>): string
  /** Within the window; of a histogram or summary, its observations. */
  increase<N extends NameOfKind<M, Counted>>(metric: N, selection?: Labels<M, N>): string
  /** Sum of what a histogram or summary observed, per second. */
  sumRate<N extends NameOfKind<M, 'histogram' | 'summary'>>(metric: N, selection?: Labels<M, N>): string
  /** Share of `part` in `whole`, 0 to 1. A label value without any `part` is 0, not absent; one without `whole` is absent. */
  share<P extends NameOfKind<M, Counted>, W extends NameOfKind<M, Counted>>(
    part: Side<M, P>,
    whole: Side<M, W>,
    selection?: { readonly by?: readonly (LabelName<M[P]> & LabelName<M[W]>)[]; readonly over?: string },
  ): string
  /** Mean of what a histogram or summary observed. */
  mean<N extends NameOfKind<M, 'histogram' | 'summary'>>(metric: N, selection?: Labels<M, N>): string
  /** A quantile, 0 to 1, of a classic or native histogram. */
  quantile<N extends NameOfKind<M, 'histogram'>>(quantile: number, metric: N, selection?: Labels<M, N>): string
  /** Observations by bucket: first of the classic, then of the native histogram; one of the two has series. */
  buckets<N extends NameOfKind<M, 'histogram'>>(
    metric: N,
    selection?: Omit<Labels<M, N>, 'by'>,
  ): readonly [classic: string, native: string]
  /** Present value of a gauge, over all its series or by label. */
  now<N extends NameOfKind<M, 'gauge' | 'upDownCounter'>>(
    metric: N,
    selection?: Labels<M, N> & { readonly fold?: 'sum' | 'max' | 'min' },
  ): string
  /** The name on a page, for what is not a query. */
  nameOf(metric: keyof M & string): string
}

type AnySelection = Selection<MetricSpec>

/** The queries of a catalogue in a scope. */
export function createQueries<M extends MetricSpecs>(metrics: M, scope: QueryScope): Queries<M>
// The types have checked names and labels; what follows works with any of them.
export function createQueries(metrics: MetricSpecs, scope: QueryScope): Queries<MetricSpecs> {
  const names = storedNames(metrics)

  /** The selectors of a metric, one a name it may have. */
  const select = (metric: string, where: { readonly [label: string]: Match | undefined } = {}, suffix = ''): string[] =>
    (names.get(metric) ?? []).map(({ name, matchers }) => {
      const declared = Object.keys(metrics[metric]?.labels ?? {}).map(labelNameOnPage)
      const all = [
        ...(scope.matchers ?? []),
        ...Object.entries(scope.filters ?? {}).flatMap(([label, matcher]) =>
          declared.includes(label) ? [matcher] : [],
        ),
        ...matchers,
        ...Object.entries(where).flatMap(([label, match]) =>
          match === undefined ? [] : [formatMatcher(labelNameOnPage(label), match)],
        ),
      ]
      return `${name}${suffix}${all.length > 0 ? `{${all.join(', ')}}` : ''}`
    })

  /** What is counted, as increases or rates of whichever of the metric's names and forms has series. */
  const counted = (fn: 'rate' | 'increase', metric: string, { by, where, over }: AnySelection): string => {
    const window = over ?? (fn === 'rate' ? scope.rate : scope.range)
    const kind = metrics[metric]?.kind
    const read = (suffix: string) => select(metric, where, suffix).map((selector) => `${fn}(${selector}[${window}])`)
    if (kind === 'counter') return either(read('').map(sum(by)))
    const native = kind === 'histogram' ? read('').map((x) => sum(by)(`histogram_count(${x})`)) : []
    return either([...read('_count').map(sum(by)), ...native])
  }

  const summed = (metric: string, { by, where, over = scope.rate }: AnySelection): string => {
    const read = (suffix: string) => select(metric, where, suffix).map((selector) => `rate(${selector}[${over}])`)
    const native = metrics[metric]?.kind === 'histogram' ? read('').map((x) => sum(by)(`histogram_sum(${x})`)) : []
    return either([...read('_sum').map(sum(by)), ...native])
  }

  return {
    rate: (metric, selection = {}) => counted('rate', metric, selection),
    increase: (metric, selection = {}) => counted('increase', metric, selection),
    sumRate: (metric, selection = {}) => summed(metric, selection),
    share(part, whole, { by, over } = {}) {
      const grouping: AnySelection = { ...(by && { by }), ...(over !== undefined && { over }) }
      const side = ({ metric, where }: { readonly metric: string; readonly where?: AnySelection['where'] }) =>
        counted('rate', metric, { ...grouping, ...(where && { where }) })
      return `(${side(part)} or 0 * ${side(whole)}) / (${side(whole)} > 0)`
    },
    mean: (metric, selection = {}) => `${summed(metric, selection)} / (${counted('rate', metric, selection)} > 0)`,
    quantile(quantile, metric, { by = [], where, over = scope.rate } = {}) {
      const of = (suffix: string, labels: readonly string[]) =>
        select(metric, where, suffix).map(
          (selector) => `histogram_quantile(${quantile}, ${sum(labels)(`rate(${selector}[${over}])`)})`,
        )
      return either([...of('_bucket', ['le', ...by]), ...of('', by)])
    },
    buckets(metric, { where, over = scope.rate } = {}) {
      const of = (suffix: string, labels: readonly string[]) =>
        either(select(metric, where, suffix).map((selector) => sum(labels)(`increase(${selector}[${over}])`)))
      return [of('_bucket', ['le']), of('', [])]
    },
    now: (metric, { by, where, fold = 'sum' } = {}) => either(select(metric, where).map(aggregate(fold, by))),
    nameOf: (metric) => names.get(metric)?.[0]?.name ?? metric,
  }
}

/** The largest `count` series of a query. */
export function top(count: number, query: string): string {
  return `topk(${count}, ${query})`
}

function sum(by: readonly string[] | undefined): (expression: string) => string {
  return aggregate('sum', by)
}

function aggregate(operator: string, by: readonly string[] = []): (expression: string) => string {
  const grouping = by.length > 0 ? ` by (${by.map(labelNameOnPage).join(', ')})` : ''
  return (expression) => `${operator}${grouping} (${expression})`
}

/** The first alternative that has series, label set by label set. */
function either(alternatives: readonly string[]): string {
  return alternatives.length > 1 ? `(${alternatives.join(' or ')})` : (alternatives[0] ?? '')
}
