import { type ObserveFetchOptions, observeFetch } from '../fetch/observe-fetch.js'
import { followNodeRequest } from '../node/observe-http-servers.js'
import { isPage } from '../pages.js'
import type { FetchPages } from '../requests/adapter-options.js'

/** A request of srvx, with Node's own request on Node. */
export type SrvxRequest = Request & {
  readonly runtime?:
    | { readonly node?: { readonly req: object; readonly res?: object | undefined } | undefined }
    | undefined
}

type SrvxHandler<A extends unknown[]> = (request: SrvxRequest, ...rest: A) => Response | Promise<Response>

/** `observeFetch` for a handler that also runs on Node, where Node's request is observed, and that serves pages. */
export function observeSrvx<A extends unknown[]>(
  handle: SrvxHandler<A>,
  options: ObserveFetchOptions & { readonly recorder: NonNullable<ObserveFetchOptions['recorder']> },
  pages: FetchPages | undefined,
): SrvxHandler<A> {
  const { recorder, route } = options
  const observed = observeFetch(handle, options)
  return (request, ...rest) => {
    if (pages !== undefined && isPage(recorder.guard('http', () => new URL(request.url).pathname))) {
      return pages.fetch(request)
    }
    const node = request.runtime?.node
    if (node?.res === undefined) return observed(request, ...rest)
    const { req, res } = node
    recorder.guard('http', () => {
      const open = followNodeRequest(req, res, recorder)
      if (open !== undefined && route !== undefined) open.route = route(request)
    })
    return handle(request, ...rest)
  }
}
