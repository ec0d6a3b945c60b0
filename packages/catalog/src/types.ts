/** The kind of a metric, which decides how its readings combine. */
export type MetricKind = 'counter' | 'upDownCounter' | 'gauge' | 'histogram' | 'summary'

/**
 * How the values of an open label are cleaned. Cleaning never fails: an invalid value becomes `other`, is shortened or
 * is replaced by its pseudonym. A label value is a string, number, boolean or bigint. `docs/metrics.md` lists what each
 * class accepts.
 */
export type LabelClass =
  | 'name'
  | 'text'
  | 'model'
  | 'tool'
  | 'route'
  | 'method'
  | 'status'
  | 'errorType'
  | 'mime'
  | 'host'
  | 'id'

/** A label in its long form. */
export interface LabelDetails {
  /** Cleaning rule of an open label. Without it, `values` is a closed set. */
  readonly class?: LabelClass
  /** The closed set; beside `class`, the values that always get their own series, independent of the budget. */
  readonly values?: readonly string[]
  /** A value pattern such as `{number}xx`; `{number}` matches digits, `{name}` an identifier. */
  readonly template?: string
  /** An observation may omit the label; its series then lack it. */
  readonly optional?: boolean
  /** Maximum number of distinct values of an open label; further ones fold into `other`. Default 200. */
  readonly budget?: number
  readonly help?: string
}

/** A label: a closed set of values, a class, or the long form. */
export type LabelSpec = readonly string[] | LabelClass | LabelDetails

/** The person that a series can identify. `personal` is exported only where a user of the library allows it. */
export type PrivacyClass = 'none' | 'pseudonymous' | 'personal'

/** How the readings of several processes are merged. Counters and histograms are always added. */
export type MergeRule = 'sum' | 'max' | 'min' | 'last' | 'live'

/**
 * The names of one documented system. `quipu` has the model-call metrics that no document defines, `self` Quipu's own
 * state.
 */
export type Vocabulary = 'securetrack' | 'aki' | 'atlas' | 'gen_ai' | 'quipu' | 'self' | StandardVocabulary

/**
 * A vocabulary that the standard page `/metrics` can render: OpenTelemetry's semantic conventions, Prometheus FastAPI
 * Instrumentator, or prom-client's default metrics.
 */
export type StandardVocabulary = 'semconv' | 'instrumentator' | 'prom_client'

/** An edition of OpenTelemetry's GenAI conventions: `1.41` is in use, `next` replaces it. */
export type GenAiProfile = '1.41' | 'next'

/** An output of the process. */
export type ExportPath = 'prometheus' | 'otlp'

/** The entry of a metric. */
export interface MetricSpec {
  readonly kind: MetricKind
  /** One sentence; becomes `# HELP` on a page and the description over OTLP. */
  readonly help: string
  /** UCUM unit: `s`, `ms`, `By`, `{token}`. */
  readonly unit?: string
  readonly labels?: { readonly [name: string]: LabelSpec }
  /** Upper bounds of a histogram's buckets in the metric's unit, ascending, without +Inf. */
  readonly buckets?: readonly number[]
  /** `exponential` keeps a base-2 histogram, for OTLP, instead of fixed buckets. Default `explicit`. */
  readonly aggregation?: 'explicit' | 'exponential'
  /** Quantiles of a summary. Default: count and sum only. */
  readonly quantiles?: readonly number[]
  /** Maximum number of series; further label sets fold into `other`. Default 2000. */
  readonly budget?: number
  /**
   * Treatment of a counter's series over the budget: `other` adds them up (default), `largest` keeps the series with the
   * largest sums and leaves out the others. A gauge always keeps the largest.
   */
  readonly overBudget?: 'other' | 'largest'
  readonly privacy?: PrivacyClass
  /** Default `sum`; declare it for every gauge. */
  readonly merge?: MergeRule
  /** A gauge series that was not set for this many milliseconds is no longer exported. */
  readonly expireAfterMs?: number
  /** The system that documents the metric. */
  readonly vocabulary?: Vocabulary
  /** The edition of the GenAI conventions that defines the metric; undefined when both do. */
  readonly profile?: GenAiProfile
  /** The document's paragraph that requires the metric, by its number, or a section of a specification. */
  readonly source?: string
  /** The outputs of the metric. Default: all. */
  readonly exportTo?: readonly ExportPath[]
  /** OTLP name. Default: the key. */
  readonly otlpName?: string
  /** Prometheus family name. Default: the key after the naming rules. */
  readonly prometheusName?: string
}

/** The entry of an activity event. Its fields are an allow-list in the order of the entry. */
export interface EventSpec {
  readonly help: string
  readonly fields: { readonly [name: string]: FieldSpec }
  readonly vocabulary?: Vocabulary
  readonly source?: string
}

/** A field of an event: a count, a size, or a value like that of a label. */
export type FieldSpec = 'count' | 'bytes' | LabelSpec

/** A checked set of metrics and events, as `defineMetrics` and `defineEvents` return it. */
export interface Catalog<M extends MetricSpecs = MetricSpecs, E extends EventSpecs = EventSpecs> {
  readonly metrics: M
  readonly events: E
}
export interface MetricSpecs {
  readonly [name: string]: MetricSpec
}
export interface EventSpecs {
  readonly [name: string]: EventSpec
}
