/** Where the template of a request's route stands, for who counts requests elsewhere (the sdk's standard HTTP metrics). */
export const ROUTE: unique symbol = Symbol.for('quipu.route')

/** Puts the template on the request, where it does not show; undefined takes it away. */
export function publishRoute(request: object, template: string | undefined): void {
  Reflect.defineProperty(request, ROUTE, {
    value: template,
    configurable: true,
    enumerable: false,
    writable: true,
  })
}
