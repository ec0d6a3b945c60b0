import { defaultRecorder, type Recorder } from '@quipu/core'
import { failRequest } from '../requests/request-registry.js'
import { beginFetchRequest, failFetchRequest, followResponse } from './follow-response.js'

export interface ObserveFetchOptions {
  /** Default: the recorder of the process. */
  readonly recorder?: Recorder | undefined
  /** Returns the template of a request's route. Requests without one are counted as `unmatched`. */
  readonly route?: ((request: Request) => string | undefined) | undefined
}

type FetchHandler<A extends unknown[]> = (request: Request, ...rest: A) => Response | Promise<Response>

/**
 * Wraps a handler of `Request` and `Response` (Bun.serve, Deno.serve, Workers, h3, Next), so that its requests are
 * counted and timed until the last byte of the body was read or the reader left.
 *
 * @param handler the handler to wrap
 * @param options `recorder` to record into, `route` to name routes
 * @returns a handler with the same results and errors; throws only what the handler throws
 * @example
 * Deno.serve(observeFetch((request) => new Response('ok'), { route: () => '/' }))
 */
export function observeFetch<A extends unknown[]>(
  handler: FetchHandler<A>,
  { recorder = defaultRecorder(), route }: ObserveFetchOptions = {},
): (request: Request, ...rest: A) => Promise<Response> {
  return async (request, ...rest) => {
    const open = recorder.guard('http', () => beginFetchRequest(request, recorder))
    // Called after the handler, which may determine the route.
    const nameRoute = (): void => {
      if (open !== undefined && route !== undefined) open.route = recorder.guard('http', () => route(request))
    }
    try {
      const response = await handler(request, ...rest)
      if (open === undefined) return response
      nameRoute()
      return await followResponse(response, open)
    } catch (error) {
      nameRoute()
      recorder.guard('http', () => {
        failRequest(request, error)
        if (open !== undefined) failFetchRequest(open)
      })
      throw error
    }
  }
}
