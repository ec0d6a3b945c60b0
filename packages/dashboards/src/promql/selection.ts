import type { LabelSpec, LabelValue, MetricKind, MetricSpec, MetricSpecs } from '@quipu/catalog/builtin'

/** The names of a catalogue's metrics of these kinds. */
export type NameOfKind<M extends MetricSpecs, K extends MetricKind> = {
  [N in keyof M & string]: [M[N]['kind'] & K] extends [never] ? never : N
}[keyof M & string]

/** The label names of a metric; any name where the entry is not known in detail. */
export type LabelName<S> = MetricSpec extends S
  ? string
  : S extends { readonly labels: infer L }
    ? keyof L & string
    : never

type ValueOf<S, N> = S extends { readonly labels: infer L }
  ? N extends keyof L
    ? L[N] extends LabelSpec
      ? Extract<LabelValue<L[N]>, string>
      : never
    : never
  : string

/** Values a label may have: one, several, all others, or those that match a regular expression. */
export type Match<V extends string = string> =
  | V
  | readonly V[]
  | { readonly not: V | readonly V[] }
  | { readonly like: string }

/** Which series of a metric a query reads. */
export type Where<S> = { readonly [N in LabelName<S>]?: Match<ValueOf<S, N>> }

/** How a query reads a metric: the labels it keeps, the series it reads, and the window, such as `5m`. */
export interface Selection<S> {
  readonly by?: readonly LabelName<S>[]
  readonly where?: Where<S>
  readonly over?: string
  /** How long ago, such as `1d`. */
  readonly offset?: string
}

/** PromQL of one label and the values it may have: `type!="total"`. */
export function formatMatcher(label: string, match: Match): string {
  if (typeof match === 'string') return `${label}="${quoted(match)}"`
  if (Array.isArray(match)) return `${label}=~"${anyOf(match)}"`
  if ('like' in match) return `${label}=~"${match.like}"`
  if ('not' in match && typeof match.not === 'string') return `${label}!="${quoted(match.not)}"`
  return `${label}!~"${anyOf('not' in match ? match.not : [])}"`
}

function anyOf(values: string | readonly string[]): string {
  // Escaped twice: for the regular expression, and for the string that holds it.
  return [values]
    .flat()
    .map((value) => quoted(value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('|')
}

function quoted(value: string): string {
  return value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
}
