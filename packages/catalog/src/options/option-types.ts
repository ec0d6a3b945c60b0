import { isRecord } from '../is-object.js'
import { describeKey, Problem } from './problem.js'

/** A type of values: how to describe, check and copy one, and how to read one from an environment variable. */
export interface OptionType<T> {
  /** Ends the sentence "must be …". */
  readonly expected: string
  /**
   * Returns a copy of the value, or the problem with it. Plain data is copied, so that later changes have no effect.
   */
  readonly read: (value: unknown) => T | Problem
  /** Converts the text of an environment variable to the input of `read`. Undefined: the option has no variable. */
  readonly parse?: (text: string) => unknown
  /** The types that this one is composed of. */
  readonly parts?: readonly OptionType<unknown>[]
}

type ValueOf<O> = O extends OptionType<infer T> ? T : never

function scalar<T>(
  expected: string,
  isValid: (value: unknown) => value is T,
  parse: (text: string) => unknown,
): OptionType<T> {
  return { expected, parse, read: (value) => (isValid(value) ? value : new Problem(`must be ${expected}`, value)) }
}

/** `true` or `false`; in a variable also 1, yes, on, t, y and 0, no, off, f, n in any case. */
export const flag: OptionType<boolean> = scalar(
  'true or false',
  (value) => typeof value === 'boolean',
  (text) => (/^(?:true|1|yes|on|t|y)$/i.test(text) ? true : /^(?:false|0|no|off|f|n)$/i.test(text) ? false : text),
)

interface Bounds {
  readonly min: number
  readonly max?: number
  /** Unit of the number, for the error text. */
  readonly unit?: string
}

/** A whole number within inclusive bounds. */
export function integer({ min, max = Number.MAX_SAFE_INTEGER, unit }: Bounds): OptionType<number> {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `from ${min} to ${max}`
  const isValid = (value: unknown): value is number =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
  return scalar(`a whole number${unit === undefined ? '' : ` of ${unit}`}, ${bounds}`, isValid, toNumber)
}

/** A finite number that is not negative. */
export const amount: OptionType<number> = scalar(
  'a number of at least 0',
  (value): value is number => Number.isFinite(value) && Number(value) >= 0,
  toNumber,
)

/** Longest delay of a JavaScript timer. A longer one fires at once. */
const MAX_TIMER_MS = 2_147_483_647

/** A duration in milliseconds that a timer accepts. */
export const milliseconds: OptionType<number> = integer({ min: 1, max: MAX_TIMER_MS, unit: 'milliseconds' })

function toNumber(text: string): unknown {
  return text.trim() === '' ? text : Number(text)
}

interface TextRule {
  /** Ends the sentence "must be …". */
  readonly expected?: string
  readonly min?: number
  readonly pattern?: RegExp
}

/** A string of at least `min` characters that matches `pattern`. */
export function text({ expected = 'a text that is not empty', min = 1, pattern }: TextRule = {}): OptionType<string> {
  const isValid = (value: unknown): value is string =>
    typeof value === 'string' && value.length >= min && (pattern === undefined || pattern.test(value))
  return scalar(expected, isValid, (value) => value)
}

/** One of several words; in a variable in any case. */
export function word<const W extends string>(words: readonly W[]): OptionType<W> {
  return scalar(
    `one of ${words.join(', ')}`,
    (value): value is W => words.some((each) => each === value),
    (given) => words.find((each) => each.toLowerCase() === given.toLowerCase()) ?? given,
  )
}

/** A list; in a variable separated by commas. */
export function listOf<T>(item: OptionType<T>, { min = 0 }: { readonly min?: number } = {}): OptionType<readonly T[]> {
  const expected = `a list${min > 0 ? ' that is not empty' : ''}, each ${item.expected}`
  const { parse } = item
  return {
    expected,
    parts: [item],
    ...(parse !== undefined && {
      parse: (given) =>
        given
          .split(',')
          .map((each) => each.trim())
          .filter((each) => each !== '')
          .map(parse),
    }),
    read(value) {
      if (!Array.isArray(value) || value.length < min) return new Problem(`must be ${expected}`, value)
      const list: T[] = []
      for (let i = 0; i < value.length; i++) {
        const read = item.read(value[i])
        if (read instanceof Problem) return read.under(String(i))
        list.push(read)
      }
      return list
    },
  }
}

/** An object with arbitrary keys, such as headers. */
export function mapOf<T>(
  item: OptionType<T>,
  { key, expected = 'an object' }: { readonly key?: RegExp; readonly expected?: string } = {},
): OptionType<{ readonly [name: string]: T }> {
  return {
    expected,
    parts: [item],
    read(value) {
      if (!isRecord(value)) return new Problem(`must be ${expected}`, value)
      const entries: [string, T][] = []
      for (const name of Object.keys(value)) {
        if (key !== undefined && !key.test(name)) return new Problem(`must be ${expected}`, value)
        const read = item.read(value[name])
        if (read instanceof Problem) return read.under(describeKey(name))
        entries.push([name, read])
      }
      return Object.fromEntries(entries)
    },
  }
}

/** A value of one of several types. The error is that of the type that matched the deepest part of the value. */
export function either<const O extends readonly OptionType<unknown>[]>(...types: O): OptionType<ValueOf<O[number]>> {
  const expected = types.map((type) => type.expected).join(', or ')
  const parses = types.flatMap(({ parse }) => parse ?? [])
  return {
    expected,
    parts: types,
    ...(parses[0] !== undefined && { parse: parses[0] }),
    read(value) {
      const problems: Problem[] = []
      for (const type of types) {
        const read = type.read(value)
        // `read` was returned by one of the types of the list.
        if (!(read instanceof Problem)) return read as ValueOf<O[number]>
        problems.push(read)
      }
      const deepest = problems.sort((a, b) => b.path.length - a.path.length)[0]
      return deepest !== undefined && deepest.path.length > 0 ? deepest : new Problem(`must be ${expected}`, value)
    },
  }
}

/** An object or function, kept by reference. */
export function instance<T>(expected: string, isValid: (value: unknown) => boolean): OptionType<T> {
  return {
    expected,
    // `isValid` is the only check that is possible at run time.
    read: (value) => (isValid(value) ? (value as T) : new Problem(`must be ${expected}`, value)),
  }
}

/** A function. */
export function callback<T>(expected = 'a function'): OptionType<T> {
  return instance(expected, (value) => typeof value === 'function')
}

/** An object with the given methods. */
export function withMethods<T>(expected: string, ...methods: readonly string[]): OptionType<T> {
  return instance(
    expected,
    (value) =>
      (isRecord(value) || typeof value === 'function') &&
      methods.every((name) => typeof Reflect.get(value, name) === 'function'),
  )
}
