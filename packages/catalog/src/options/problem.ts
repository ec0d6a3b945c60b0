/** Why a value is not valid for an option. It carries the value so that only `showProblem` decides what of it may be shown. */
export class Problem {
  /** Keys from the outermost option object to the value. */
  readonly path: readonly string[]
  /** Ends the sentence "The option …": `must be a whole number`, `is not known`. */
  readonly what: string
  readonly value: unknown
  /** Code that shows the option used correctly. */
  readonly example: string | undefined
  readonly isSecret: boolean

  constructor(what: string, value: unknown, rest: Partial<Pick<Problem, 'path' | 'example' | 'isSecret'>> = {}) {
    this.what = what
    this.value = value
    this.path = rest.path ?? []
    this.example = rest.example
    this.isSecret = rest.isSecret ?? false
  }

  /** The same problem as seen from the object that holds the value under `key`. */
  under(key: string, { example, secret }: { readonly example?: string; readonly secret?: boolean } = {}): Problem {
    return new Problem(this.what, this.value, {
      path: [key, ...this.path],
      example: this.example ?? example,
      isSecret: this.isSecret || secret === true,
    })
  }
}

/**
 * Describes a rejected value without disclosing it. Numbers and flags are shown. Texts can be credentials that were put
 * into the wrong option, so only their length is shown, unless they are digits.
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

/** A key as it may be shown: long or odd ones can be secrets in the wrong place. */
export function describeKey(key: string): string {
  return /^[\w.-]{1,40}$/.test(key) ? key : `(a name of ${key.length} characters)`
}
