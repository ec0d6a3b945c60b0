import type { LabelSpec, LabelValue, MetricKind, MetricSpec, MetricSpecs } from '@quipu/catalog/builtin'

/** The names of a catalogue's metrics of some kinds. */
export type NameOfKind<M extends MetricSpecs, K extends MetricKind> = {
  [N in keyof M & string]: [M[N]['kind'] & K] extends [never] ? never : N
}[keyof M & string]

/** The label names of a metric; any name for an unspecific entry. */
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

/** Values of a label: one, several, all others, or those that match a regular expression. */
export type Match<V extends string = string> =
  | V
  | readonly V[]
  | { readonly not: V | readonly V[] }
  | { readonly like: string }

/** The series of a metric that a query reads. */
export type Where<S> = { readonly [N in LabelName<S>]?: Match<ValueOf<S, N>> }

/** How a query reads a metric: the labels to keep, the series to read, and the window, such as `5m`. */
export interface Selection<S> {
  readonly by?: readonly LabelName<S>[]
  readonly where?: Where<S>
  readonly over?: string
  /** Offset into the past, such as `1d`. */
  readonly offset?: string
}

/** Formats the PromQL matcher of a label: `type!="total"`. */
export function formatMatcher(label: string, match: Match): string {
  if (typeof match === 'string') return `${label}="${quoted(match)}"`
  if (Array.isArray(match)) return `${label}=~"${anyOf(match)}"`
  if ('like' in match) return `${label}=~"${match.like}"`
  if ('not' in match && typeof match.not === 'string') return `${label}!="${quoted(match.not)}"`
  return `${label}!~"${anyOf('not' in match ? match.not : [])}"`
}

function anyOf(values: string | readonly string[]): string {
  // Escaped twice: for the regular expression, and for the string that contains it.
  return [values]
    .flat()
    .map((value) => quoted(value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('|')
}

function quoted(value: string): string {
  return value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
}
