/** Where Express's router (2.3 and later) keeps the errors that handlers passed on. */
const ERRORS = Symbol.for('router.tracing.publishedErrors')

/**
 * Whether a handler of this request failed. Asked only of responses that broke off, where the status that was sent says
 * nothing: Express answers an error after the headers by destroying the connection. Older routers do not tell.
 */
export function hasRouterError(request: object): boolean {
  const errors: unknown = Reflect.get(request, ERRORS)
  return errors instanceof Set && errors.size > 0
}
