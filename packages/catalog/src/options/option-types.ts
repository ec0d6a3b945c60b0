import { isRecord } from '../is-object.js'
import { describeKey, Problem } from './problem.js'

/** A kind of value: how it is described, checked, copied, and read from the text of an environment variable. */
export interface OptionType<T> {
  /** Ends the sentence "must be …". */
  readonly expected: string
  /** Returns the value, plain data copied so that later changes have no effect, or the problem that it has. */
  readonly read: (value: unknown) => T | Problem
  /** Turns the text of an environment variable into what `read` then checks. Absent: code only. */
  readonly parse?: (text: string) => unknown
  /** The types that this one is made of. */
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

/** True or false; in a variable also 1, yes, on, t, y and 0, no, off, f, n in any case. */
export const flag: OptionType<boolean> = scalar(
  'true or false',
  (value) => typeof value === 'boolean',
  (text) => (/^(?:true|1|yes|on|t|y)$/i.test(text) ? true : /^(?:false|0|no|off|f|n)$/i.test(text) ? false : text),
)

interface Bounds {
  readonly min: number
  readonly max?: number
  /** What is counted. */
  readonly unit?: string
}

/** A whole number within bounds, both included. */
export function integer({ min, max = Number.MAX_SAFE_INTEGER, unit }: Bounds): OptionType<number> {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `from ${min} to ${max}`
  const isValid = (value: unknown): value is number =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
  return scalar(`a whole number${unit === undefined ? '' : ` of ${unit}`}, ${bounds}`, isValid, toNumber)
}

/** A finite number of at least 0. */
export const amount: OptionType<number> = scalar(
  'a number of at least 0',
  (value): value is number => Number.isFinite(value) && Number(value) >= 0,
  toNumber,
)

/** Longest delay that a timer of JavaScript takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2_147_483_647

/** A duration that a timer can wait. */
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

/** A text of at least one character, or of another form. */
export function text({ expected = 'a text that is not empty', min = 1, pattern }: TextRule = {}): OptionType<string> {
  const isValid = (value: unknown): value is string =>
    typeof value === 'string' && value.length >= min && (pattern === undefined || pattern.test(value))
  return scalar(expected, isValid, (value) => value)
}

/** One of some words; in a variable in any case. */
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

/** An object whose keys are free, such as headers. */
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

/** A value of any of several types; the problem shown is that of the type that got furthest into the value. */
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
        // What a type of the list has read is of its kind.
        if (!(read instanceof Problem)) return read as ValueOf<O[number]>
        problems.push(read)
      }
      const deepest = problems.sort((a, b) => b.path.length - a.path.length)[0]
      return deepest !== undefined && deepest.path.length > 0 ? deepest : new Problem(`must be ${expected}`, value)
    },
  }
}

/** An object or function of code, kept by reference. */
export function instance<T>(expected: string, isValid: (value: unknown) => boolean): OptionType<T> {
  return {
    expected,
    // The check is as much as can be known of it at run time.
    read: (value) => (isValid(value) ? (value as T) : new Problem(`must be ${expected}`, value)),
  }
}

/** A function of code. */
export function callback<T>(expected = 'a function'): OptionType<T> {
  return instance(expected, (value) => typeof value === 'function')
}

/** An object that has some methods. */
export function withMethods<T>(expected: string, ...methods: readonly string[]): OptionType<T> {
  return instance(
    expected,
    (value) =>
      (isRecord(value) || typeof value === 'function') &&
      methods.every((name) => typeof Reflect.get(value, name) === 'function'),
  )
}
