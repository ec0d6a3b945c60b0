/** Where Express's router (2.3 and later) stores errors that handlers passed to `next`. */
const ERRORS = Symbol.for('router.tracing.publishedErrors')

/**
 * Returns whether a handler of this request failed. It is needed only for aborted responses, whose status is
 * meaningless: Express answers an error after the headers by closing the connection. Older routers do not store errors.
 */
export function hasRouterError(request: object): boolean {
  const errors: unknown = Reflect.get(request, ERRORS)
  return errors instanceof Set && errors.size > 0
}
