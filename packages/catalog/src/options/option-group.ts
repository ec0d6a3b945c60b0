import type { OptionType } from './option-types.js'
import { describeKey, Problem } from './problem.js'

/** Properties of an option beside its type. */
interface OptionDetails<T> {
  /** The value when neither code nor the environment gives one. */
  readonly default?: T
  /** Description of the default where it is not a constant, for docs/configuration.md. */
  readonly otherwise?: string
  /** Environment variables of the option; the first that is set wins. */
  readonly variables?: readonly string[]
  /** Code that sets the option, for error texts and the docs. */
  readonly example?: string
  /** Values are never shown. */
  readonly secret?: true
  readonly required?: true
  /** An invalid variable is an error. Ignoring it would open a page or disclose data. */
  readonly failsClosed?: true
}

/** One option of a table. The doc comment in the table is its description in docs/configuration.md. */
export type Option<T, D extends OptionDetails<T> = OptionDetails<T>> = OptionType<T> & D

// biome-ignore lint/suspicious/noExplicitAny: a table holds options of any type; `unknown` refuses them, since details are contravariant
export type OptionTable = { readonly [name: string]: Option<any> }

type IsRequired<O> = O extends { readonly required: true } ? true : false
type TypeOf<O> = O extends OptionType<infer T> ? T : never

/** Type of the options that a user writes for a table. */
export type OptionsOf<F extends OptionTable> = {
  readonly [K in keyof F as IsRequired<F[K]> extends true ? never : K]?: TypeOf<F[K]> | undefined
} & { readonly [K in keyof F as IsRequired<F[K]> extends true ? K : never]: TypeOf<F[K]> }

/** Type of a table's options after the environment and the defaults have filled the gaps. */
export type ResolvedOptions<F extends OptionTable> = {
  readonly [K in keyof F]: F[K] extends { readonly default: unknown } ? TypeOf<F[K]> : TypeOf<F[K]> | undefined
}

/** An object of options: its table, and the type that checks it. */
export interface OptionGroup<F extends OptionTable> extends OptionType<OptionsOf<F>> {
  readonly fields: F
}

/** Combines a type and the details of one option. */
export function option<T, const D extends OptionDetails<T>>(type: OptionType<T>, details: D): Option<T, D> {
  return { ...type, ...details }
}

/** Declares an object of options from its table. Unknown keys are refused. */
export function group<F extends OptionTable>(fields: F): OptionGroup<F> {
  const expected = `an object with ${Object.keys(fields).slice(0, 5).join(', ')}${Object.keys(fields).length > 5 ? ' …' : ''}`
  return {
    fields,
    expected,
    parts: Object.values(fields),
    read(value) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return new Problem(`must be ${expected}`, value)
      }
      const unknown = Object.keys(value).find((key) => !Object.hasOwn(fields, key))
      if (unknown !== undefined) return unknownKey(unknown, Object.keys(fields))
      const options: { [name: string]: unknown } = {}
      for (const [name, field] of Object.entries(fields)) {
        const given: unknown = Reflect.get(value, name)
        if (given === undefined && field.required !== true) continue
        const read: unknown = field.read(given)
        if (read instanceof Problem) return read.under(name, field)
        options[name] = read
      }
      // Each value was read by the type of its field.
      return options as OptionsOf<F>
    },
  }
}

function unknownKey(key: string, known: readonly string[]): Problem {
  return new Problem('is not known', undefined, {
    path: [describeKey(key)],
    example: `one of ${known.join(', ')}, or remove it`,
    isSecret: true,
  })
}
