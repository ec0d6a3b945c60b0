/**
 * The reason why a value is invalid. It holds the value; only `describeValue` decides which part of it may be shown.
 */
export class Problem {
  /** Keys from the outermost options object to the value. */
  readonly path: readonly string[]
  /** Ends the sentence "The option …": `must be a whole number`, `is not known`. */
  readonly what: string
  readonly value: unknown
  /** Code that sets the option correctly. */
  readonly example: string | undefined
  readonly isSecret: boolean

  constructor(what: string, value: unknown, rest: Partial<Pick<Problem, 'path' | 'example' | 'isSecret'>> = {}) {
    this.what = what
    this.value = value
    this.path = rest.path ?? []
    this.example = rest.example
    this.isSecret = rest.isSecret ?? false
  }

  /** The same problem, seen from the object that holds the value under `key`. */
  under(key: string, { example, secret }: { readonly example?: string; readonly secret?: boolean } = {}): Problem {
    return new Problem(this.what, this.value, {
      path: [key, ...this.path],
      example: this.example ?? example,
      isSecret: this.isSecret || secret === true,
    })
  }
}

/**
 * Describes an invalid value without disclosing it. Numbers and flags are shown. A string can be a credential in the
 * wrong option, so only its length is shown, unless it consists of digits.
 */
export function describeValue(value: unknown, isSecret = false): string {
  if (value === null || value === undefined) return String(value)
  switch (typeof value) {
    case 'string':
      return !isSecret && /^-?[\d.]{1,20}$/.test(value) ? JSON.stringify(value) : `a text of ${value.length} characters`
    case 'number':
    case 'boolean':
      return isSecret ? `a ${typeof value}` : String(value)
    case 'function':
      return 'a function'
    case 'object':
      return Array.isArray(value) ? `a list of ${value.length}` : 'an object'
    default:
      return `a ${typeof value}`
  }
}

/** Describes a key. Long or unusual keys are not shown, because they can be secrets in the wrong place. */
export function describeKey(key: string): string {
  return /^[\w.-]{1,40}$/.test(key) ? key : `(a name of ${key.length} characters)`
}
