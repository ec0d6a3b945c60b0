import { isObject } from '@quipu/catalog/builtin'

/** The parts of what Next passes to `onRequestError` that are read. */
export interface NextErrorRequest {
  /** The headers of Node's request: the same object. */
  readonly headers: object
}

/** The parts of the context of an error that are read. */
export interface NextErrorContext {
  readonly routerKind: string
  /** The file of the route: `/posts/[slug]/page` of the app folder, `/posts/[slug]` of the pages folder. */
  readonly routePath: string
}

/**
 * Errors by the headers of their requests, the only part of Node's request that Next passes on, with the templates of the
 * routes that failed: Next then matches a page for errors.
 */
const failures = new WeakMap<object, { readonly error: unknown; readonly route: string | undefined }>()

/**
 * Notes the error of a request for `quipuNext`: its class becomes the `error.type` of the failed request. Call it in
 * `onRequestError` of `instrumentation.ts`, outside the edge runtime. Never throws.
 *
 * @param error what a page, a route handler or an action threw
 * @param request as Next passes it
 * @param context as Next passes it
 * @see https://nextjs.org/docs/app/api-reference/file-conventions/instrumentation#onrequesterror-optional
 * @example
 * export async function onRequestError(...args) {
 *   if (process.env.NEXT_RUNTIME === 'nodejs') {
 *     const { onRequestError: note } = await import('@quipu/http/next')
 *     note(...args)
 *   }
 * }
 */
export function onRequestError(error: unknown, request: NextErrorRequest, context?: NextErrorContext): void {
  const headers: unknown = isObject(request) ? request.headers : undefined
  if (isObject(headers) && !failures.has(headers)) failures.set(headers, { error, route: routeOf(context) })
}

/** Returns the first failure of a request of Node. */
export function nextFailureOf(request: object): ReturnType<typeof failures.get> {
  const headers: unknown = Reflect.get(request, 'headers')
  return isObject(headers) ? failures.get(headers) : undefined
}

/** The template of a route, without groups, slots and the name of its file. */
function routeOf(context: unknown): string | undefined {
  if (!isObject(context) || typeof context.routePath !== 'string') return undefined
  const parts = context.routePath.split('/').filter((part) => !/^(?:|@.*|\([^()]*[^.()]\))$/.test(part))
  if (context.routerKind === 'App Router' && /^(?:page|route)$/.test(parts.at(-1) ?? '')) parts.pop()
  return `/${parts.join('/')}`
}
