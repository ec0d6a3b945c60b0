import { defaultRecorder, type Recorder } from '@quipu/core'
import type { RequestEnd } from '../requests/observed-request.js'
import { OpenRequest } from '../requests/open-request.js'
import { failRequest, openRequestOf, recordingOf, sharedRequests } from '../requests/request-registry.js'
import { methodNumber } from '../requests/request-shape.js'

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
      return recorder.guard('http', () => followResponse(response, open)) ?? response
    } catch (error) {
      nameRoute()
      recorder.guard('http', () => {
        failRequest(request, error)
        if (open !== undefined) end(open, { status: 500, responseBytes: 0, isComplete: true })
      })
      throw error
    }
  }
}

/** Opens a request of a fetch handler. */
export function beginFetchRequest(request: Request, recorder: Recorder): OpenRequest {
  const known = openRequestOf(request)
  // A request object may be handled again.
  const open =
    known?.hasEnded === false
      ? known
      : new OpenRequest(methodNumber(request.method), 0, request.url.startsWith('https:'))
  open.request = request
  sharedRequests().open.set(request, open)
  open.observe(recordingOf(recorder))
  return open
}

/**
 * Ends a request with its response: immediately without a body, otherwise when the body was read to its end or its
 * reader left. The body is not buffered.
 */
export function followResponse(response: Response, open: OpenRequest): Response {
  const { status } = response
  const declared = response.headers.get('content-length')
  const type = response.headers.get('content-type')
  const isStream = type?.startsWith('text/event-stream') === true
  if (type === null && 'Bun' in globalThis) {
    // Bun keeps the type of a text apart from the headers: a response made of its body would be sent without it.
    end(open, { status, responseBytes: -1, isComplete: true, isStream })
    return response
  }
  const { body } = response
  if (body === null) {
    end(open, { status, responseBytes: 0, isComplete: true })
    return response
  }
  let bytes = 0
  const finish = (isComplete: boolean): void =>
    end(open, { status, responseBytes: declared === null ? bytes : Number(declared), isComplete, isStream })
  const reader = body.getReader()
  const followed = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) {
          finish(true)
          controller.close()
          return
        }
        bytes += value.byteLength
        controller.enqueue(value)
      } catch (error) {
        open.fail(error)
        finish(false)
        controller.error(error)
      }
    },
    cancel(reason) {
      finish(false)
      return reader.cancel(reason)
    },
  })
  return new Response(followed, response)
}

/** What a response says of the end of its request. */
type ResponseEnd = Omit<RequestEnd, 'requestBytes' | 'isStream'> & { readonly isStream?: boolean }

function end(open: OpenRequest, { isStream = false, ...response }: ResponseEnd): void {
  const { request } = open
  const declared = request?.headers.get('content-length')
  const requestBytes = declared == null ? (request?.body == null ? 0 : -1) : Number(declared)
  open.end({ ...response, requestBytes, isStream })
}
