import type { MetricSpecs } from '@quipu/catalog/builtin'
import type { LabelName, NameOfKind, Selection, Where } from './selection.js'
import { type AnySelection, createSelectors, either, type QueryScope, type Selectors } from './selectors.js'

/** One side of a ratio: a counter or the observations of a histogram, with a selection of its series. */
export interface Side<M extends MetricSpecs, N extends keyof M & string> {
  readonly metric: N
  readonly where?: Where<M[N]>
}

type Counted = 'counter' | 'histogram' | 'summary'
type Labels<M extends MetricSpecs, N extends keyof M & string> = Selection<M[N]>

/** Queries of a catalogue. An unknown metric or label is a compile error. */
export interface Queries<M extends MetricSpecs> {
  /** Rate per second; for a histogram or summary, of its observations. */
  rate<N extends NameOfKind<M, Counted>>(metric: N, selection?: Labels<M, N>): string
  /** Increase within the window; for a histogram or summary, of its observations. */
  increase<N extends NameOfKind<M, Counted>>(metric: N, selection?: Labels<M, N>): string
  /** Rate per second of the sum of a histogram or summary. */
  sumRate<N extends NameOfKind<M, 'histogram' | 'summary'>>(metric: N, selection?: Labels<M, N>): string
  /**
   * Share of `part` in `whole`, 0 to 1. It is 0 for label values without any `part`, and absent for those without
   * `whole`.
   */
  share<P extends NameOfKind<M, Counted>, W extends NameOfKind<M, Counted>>(
    part: Side<M, P>,
    whole: Side<M, W>,
    selection?: {
      readonly by?: readonly (LabelName<M[P]> & LabelName<M[W]>)[]
      readonly over?: string
      readonly offset?: string
    },
  ): string
  /** Mean of the observations of a histogram or summary. */
  mean<N extends NameOfKind<M, 'histogram' | 'summary'>>(metric: N, selection?: Labels<M, N>): string
  /** A quantile (0 to 1) of a classic or native histogram. */
  quantile<N extends NameOfKind<M, 'histogram'>>(quantile: number, metric: N, selection?: Labels<M, N>): string
  /** Observations by bucket, of the classic and then of the native histogram; only one of the two has series. */
  buckets<N extends NameOfKind<M, 'histogram'>>(
    metric: N,
    selection?: Omit<Labels<M, N>, 'by'>,
  ): readonly [classic: string, native: string]
  /** Current value of a gauge, over all its series or by label. */
  now<N extends NameOfKind<M, 'gauge' | 'upDownCounter'>>(
    metric: N,
    selection?: Labels<M, N> & { readonly fold?: 'sum' | 'max' | 'min' },
  ): string
  /** The name on a page, for uses outside queries. */
  nameOf(metric: keyof M & string): string
}

/** Creates the queries of a catalogue in a scope. */
export function createQueries<M extends MetricSpecs>(metrics: M, scope: QueryScope): Queries<M>
// The types have checked names and labels; the implementation accepts all.
export function createQueries(metrics: MetricSpecs, scope: QueryScope): Queries<MetricSpecs> {
  const selectors = createSelectors(metrics, scope)
  return {
    rate: (metric, selection = {}) => counted(selectors, 'rate', metric, selection),
    increase: (metric, selection = {}) => counted(selectors, 'increase', metric, selection),
    sumRate: (metric, selection = {}) => summed(selectors, metric, selection),
    share(part, whole, selection = {}) {
      const side = ({ metric, where }: Side<MetricSpecs, string>) =>
        counted(selectors, 'rate', metric, { ...selection, ...(where && { where }) })
      return `(${side(part)} or 0 * ${side(whole)}) / (${side(whole)} > 0)`
    },
    mean: (metric, selection = {}) =>
      `${summed(selectors, metric, selection)} / (${counted(selectors, 'rate', metric, selection)} > 0)`,
    quantile(quantile, metric, selection = {}) {
      const classic = selectors.each(metric, selection, { suffix: '_bucket', fn: 'rate', also: ['le'] })
      const native = selectors.each(metric, selection, { fn: 'rate' })
      return either([...classic, ...native].map((rates) => `histogram_quantile(${quantile}, ${rates})`))
    },
    buckets(metric, selection = {}) {
      const window = { over: scope.rate, ...selection }
      return [
        either(selectors.each(metric, window, { suffix: '_bucket', fn: 'increase', also: ['le'] })),
        either(selectors.each(metric, window, { fn: 'increase' })),
      ]
    },
    now: (metric, { fold = 'sum', ...selection } = {}) => either(selectors.each(metric, selection, { fold })),
    nameOf: selectors.nameOf,
  }
}

/** Selects the `count` largest series of a query. */
export function top(count: number, query: string): string {
  return `topk(${count}, ${query})`
}

/** The observations under whichever of the metric's names and forms has series. */
function counted(selectors: Selectors, fn: 'rate' | 'increase', metric: string, selection: AnySelection): string {
  const kind = selectors.metrics[metric]?.kind
  if (kind === 'counter') return either(selectors.each(metric, selection, { fn }))
  return either([
    ...selectors.each(metric, selection, { suffix: '_count', fn }),
    ...(kind === 'histogram' ? selectors.each(metric, selection, { fn, of: 'histogram_count' }) : []),
  ])
}

function summed(selectors: Selectors, metric: string, selection: AnySelection): string {
  return either([
    ...selectors.each(metric, selection, { suffix: '_sum', fn: 'rate' }),
    ...(selectors.metrics[metric]?.kind === 'histogram'
      ? selectors.each(metric, selection, { fn: 'rate', of: 'histogram_sum' })
      : []),
  ])
}
