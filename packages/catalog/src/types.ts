/** What a metric measures and how its readings combine. */
export type MetricKind = 'counter' | 'upDownCounter' | 'gauge' | 'histogram' | 'summary'

/**
 * How an open label's values are cleaned. Cleaning never fails: a value that does not fit becomes `other`, is cut,
 * or is replaced by its pseudonym. What is not a string, number, boolean or bigint is no label value at all.
 * `docs/metrics.md` lists what each class accepts.
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

/** The long form of a label. `values` with a class are names that always get their own series, whatever the budget. */
export interface LabelDetails {
  /** Cleaning rule of an open label. Without it, `values` is the closed set. */
  readonly class?: LabelClass
  /** The closed set, or, beside `class`, the values that always pass the budget. */
  readonly values?: readonly string[]
  /** A value pattern such as `{number}xx`; `{number}` is digits, `{name}` is identifier-like. */
  readonly template?: string
  /** An observation may leave the label out; its series then do not carry it. */
  readonly optional?: boolean
  /** Most distinct values of an open label; further ones fold into `other`. Default 200. */
  readonly budget?: number
  readonly help?: string
}

/** A label: a closed set of values, a class, or its details. */
export type LabelSpec = readonly string[] | LabelClass | LabelDetails

/** Whom a series could describe. `personal` is exported only where a user of the library says so. */
export type PrivacyClass = 'none' | 'pseudonymous' | 'personal'

/** How the readings of several processes become one: counters and histograms always add up. */
export type MergeRule = 'sum' | 'max' | 'min' | 'last' | 'live'

/** A documented system's set of names; `quipu` are the model-call metrics that no document has, `self` what Quipu says of itself. */
export type Vocabulary = 'securetrack' | 'aki' | 'atlas' | 'gen_ai' | 'quipu' | 'self' | StandardVocabulary

/**
 * A set of names that the standard page `/metrics` speaks: OpenTelemetry's semantic conventions, Prometheus FastAPI
 * Instrumentator, prom-client's default metrics.
 */
export type StandardVocabulary = 'semconv' | 'instrumentator' | 'prom_client'

/** An edition of OpenTelemetry's GenAI conventions: `1.41` is what is in use, `next` what replaces it. */
export type GenAiProfile = '1.41' | 'next'

/** A way out of the process. */
export type ExportPath = 'prometheus' | 'otlp'

/** One metric as its author writes it. */
export interface MetricSpec {
  readonly kind: MetricKind
  /** One sentence; becomes `# HELP` and the OTLP description. */
  readonly help: string
  /** UCUM: `s`, `ms`, `By`, `{token}`. */
  readonly unit?: string
  readonly labels?: { readonly [name: string]: LabelSpec }
  /** Upper bounds of a histogram's buckets, ascending, without +Inf. */
  readonly buckets?: readonly number[]
  /** `exponential` keeps a base-2 histogram (OTLP) instead of fixed buckets. Default `explicit`. */
  readonly aggregation?: 'explicit' | 'exponential'
  /** Quantiles of a summary, off when absent: count and sum only. */
  readonly quantiles?: readonly number[]
  /** Most series; further label sets fold into `other`. Default 2000. */
  readonly budget?: number
  readonly privacy?: PrivacyClass
  /** Default `sum`; for gauges say which of the others is meant. */
  readonly merge?: MergeRule
  /** A gauge series not set for this long is no longer exported. */
  readonly expireAfterMs?: number
  /** Who documents it. */
  readonly vocabulary?: Vocabulary
  /** The edition of the GenAI conventions that has it; absent when both have. */
  readonly profile?: GenAiProfile
  /** Where it is promised: `S8`, `K12`, or a specification section. */
  readonly source?: string
  /** The ways out this metric takes. Default: all. */
  readonly exportTo?: readonly ExportPath[]
  /** OTLP name when it differs from the entry's key. */
  readonly otlpName?: string
  /** Prometheus family name when it differs from what the naming rules make of the key. */
  readonly prometheusName?: string
}

/** One activity event as its author writes it. Its fields are allow-listed in the order they are written. */
export interface EventSpec {
  readonly help: string
  readonly fields: { readonly [name: string]: FieldSpec }
  readonly vocabulary?: Vocabulary
  readonly source?: string
}

/** A field of an event: a count or size, or a label-like value. */
export type FieldSpec = 'count' | 'bytes' | LabelSpec

/** A checked set of metrics and events; `defineMetrics` and `defineEvents` make them. */
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

type LabelPrimitive = string | number | boolean
type TemplateValue<T extends string> = T extends `${infer Head}{number}${infer Tail}`
  ? `${Head}${number}${TemplateValue<Tail>}`
  : T extends `${infer Head}{name}${infer Tail}`
    ? `${Head}${string}${TemplateValue<Tail>}`
    : T

/** The TypeScript type of a label's values. */
export type LabelValue<L extends LabelSpec> = L extends readonly (infer V extends string)[]
  ? V
  : L extends 'status'
    ? string | number
    : L extends LabelClass
      ? string
      : L extends { readonly template: infer T extends string }
        ? TemplateValue<T>
        : L extends { readonly class: 'status' }
          ? string | number
          : L extends { readonly class: LabelClass }
            ? string
            : L extends { readonly values: readonly (infer V extends string)[] }
              ? V
              : LabelPrimitive

type OptionalNames<L> = { [K in keyof L]: L[K] extends { readonly optional: true } ? K : never }[keyof L]

/**
 * The label object of a metric: required and optional names, each with the type of its values. Of an entry that is not
 * known in detail, any labels.
 */
export type LabelsOf<S> = MetricSpec extends S
  ? { readonly [name: string]: LabelPrimitive | undefined }
  : S extends { readonly labels: infer L extends { readonly [name: string]: LabelSpec } }
    ? { readonly [K in Exclude<keyof L, OptionalNames<L>>]: LabelValue<L[K]> } & {
        readonly [K in OptionalNames<L>]?: LabelValue<L[K]> | undefined
      }
    : Record<never, never>

type FieldValue<F extends FieldSpec> = F extends 'count' | 'bytes'
  ? number | bigint
  : F extends LabelSpec
    ? LabelValue<F>
    : never

/** The fields of an event. All are optional: what is not known is not said. */
export type FieldsOf<E> = EventSpec extends E
  ? { readonly [name: string]: LabelPrimitive | bigint | null | undefined }
  : E extends { readonly fields: infer F extends { readonly [name: string]: FieldSpec } }
    ? { readonly [K in keyof F]?: FieldValue<F[K]> | null | undefined }
    : Record<never, never>
