import { QuipuError } from '../errors.js'
import type { OptionGroup, OptionsOf, OptionTable, ResolvedOptions } from './option-group.js'
import { describeValue, Problem } from './problem.js'

/**
 * Checks the options of a function.
 * @param functionName the function as callers write it, such as `createRecorder()`
 * @returns a copy; plain data is not shared with the caller, objects and functions are
 * @throws QuipuError QUIPU_CONFIG_INVALID for the first invalid option; its text never contains a string value
 */
export function readOptions<F extends OptionTable>(
  group: OptionGroup<F>,
  given: unknown,
  functionName: string,
): OptionsOf<F> {
  const read = readSafely(() => group.read(given))
  if (read instanceof Problem) throw toConfigError(read, functionName)
  return read
}

function readSafely<T>(read: () => T | Problem): T | Problem {
  try {
    return read()
  } catch {
    // A getter or a Proxy threw. The error belongs to the caller and can contain anything, so it is not shown.
    return new Problem('cannot be read: a property of it throws', {})
  }
}

function toConfigError(problem: Problem, functionName: string): QuipuError {
  const { path, what, value, example, isSecret } = problem
  const name = path.join('.')
  return new QuipuError('QUIPU_CONFIG_INVALID', {
    what:
      name === '' ? `The options object of ${functionName} ${what}.` : `The option ${name} of ${functionName} ${what}.`,
    got: what === 'is not known' ? `the key ${name}` : describeValue(value, isSecret),
    fix: example === undefined ? `correct ${name === '' ? 'the object' : name}, or leave it out` : `write ${example}`,
  })
}

/** Values for the options that code leaves out. */
export interface OptionSource {
  /** The value of an environment variable; undefined when it is unset or empty. */
  readonly variable: (name: string) => string | undefined
  /** Receives the problem with an environment variable; its value is then ignored. */
  readonly warn: (name: string, what: string) => void
}

const nothing: OptionSource = { variable: () => undefined, warn: () => undefined }

/**
 * Fills in the options that code left out, from the environment, then from the defaults of the table.
 * @throws QuipuError QUIPU_CONFIG_INVALID for an invalid variable of an option that `failsClosed`
 */
export function resolveOptions<F extends OptionTable>(
  { fields }: OptionGroup<F>,
  given: Partial<OptionsOf<F>>,
  source: OptionSource = nothing,
): ResolvedOptions<F> {
  const resolved = Object.entries(fields).map(([name, field]) => {
    const value: unknown = Reflect.get(given, name)
    return [name, value ?? fromVariables(field, source) ?? field.default]
  })
  // Each value was read by the type of its field or is its default.
  return Object.fromEntries(resolved) as ResolvedOptions<F>
}

/** Returns the value of the first variable that is set and valid. Invalid ones are reported and ignored. */
function fromVariables(field: OptionTable[string], { variable, warn }: OptionSource): unknown {
  const { variables = [], parse, read } = field
  if (parse === undefined) return undefined
  for (const name of variables) {
    const given = variable(name)
    if (given === undefined) continue
    const value: unknown = read(parse(given))
    if (!(value instanceof Problem)) return value
    if (field.failsClosed === true) throw variableError(name, value)
    warn(name, value.what)
  }
  return undefined
}

function variableError(name: string, { what, value, isSecret }: Problem): QuipuError {
  return new QuipuError('QUIPU_CONFIG_INVALID', {
    what: `The variable ${name} ${what}.`,
    got: describeValue(value, isSecret),
    fix: `correct ${name}, or unset it`,
  })
}
