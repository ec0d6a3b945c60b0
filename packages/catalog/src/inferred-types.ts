import type { EventSpec, FieldSpec, LabelClass, LabelSpec, MetricSpec } from './types.js'

type LabelPrimitive = string | number | boolean
type TemplateValue<T extends string> = T extends `${infer Head}{number}${infer Tail}`
  ? `${Head}${number}${TemplateValue<Tail>}`
  : T extends `${infer Head}{name}${infer Tail}`
    ? `${Head}${string}${TemplateValue<Tail>}`
    : T

/** TypeScript type of a label's values. */
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
 * The label object of a metric: required and optional names, each with the type of its values. For an unspecific
 * `MetricSpec`, any labels.
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

/** The fields of an event, all optional: unknown values are left out. */
export type FieldsOf<E> = EventSpec extends E
  ? { readonly [name: string]: LabelPrimitive | bigint | null | undefined }
  : E extends { readonly fields: infer F extends { readonly [name: string]: FieldSpec } }
    ? { readonly [K in keyof F]?: FieldValue<F[K]> | null | undefined }
    : Record<never, never>
