/** Returns the error that a resolver threw, otherwise GraphQL's own error; undefined for a result without errors. */
export function firstErrorOf(result: unknown): unknown {
  const errors: unknown = Reflect.get(Object(result), 'errors')
  const error: unknown = Array.isArray(errors) ? errors[0] : undefined
  return Reflect.get(Object(error), 'originalError') ?? error
}
