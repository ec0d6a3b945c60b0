import type { Recorder } from '@quipu/core'

/** As much of Node's ServerResponse as is looked at. */
export interface ObservedResponse {
  readonly statusCode: number
  readonly writableFinished: boolean
  readonly errored?: Error | null
  once(event: 'finish' | 'close', listener: () => void): unknown
}

/** What a framework's adapter knows of a request. */
export interface ObservedRequest {
  readonly method: string
  /** Asked when the response is over: the route's template, undefined where no route matched (T8). */
  readonly route: () => string | undefined
  /** Asked when the response broke off: whether the application failed, so that it was not the client that left. */
  readonly failed?: () => boolean
}

/** Status of a response that its client did not wait for (T9). */
const CLIENT_CLOSED_REQUEST = 499

/**
 * Reports a request to the recorder when its response is over: when the last byte of the body was handed to the system, or
 * when the connection broke before that. A client that left is 499, an application that failed after it had begun to answer
 * is 500. Only listens; never throws.
 */
export function observeResponse(recorder: Recorder, request: ObservedRequest, response: ObservedResponse): void {
  const startedAt = recorder.clock.monotonicMs()
  let isOpen = true
  const report = (): void => {
    if (!isOpen) return
    isOpen = false
    recorder.guard('http', () =>
      recorder.observeRequest({
        endpoint: request.route(),
        method: request.method,
        statusCode: statusOf(request, response),
        durationMs: Math.max(0, recorder.clock.monotonicMs() - startedAt),
      }),
    )
  }
  // A response that is aborted emits `close` only.
  response.once('finish', report)
  response.once('close', report)
}

function statusOf(request: ObservedRequest, response: ObservedResponse): number {
  if (response.writableFinished) return response.statusCode
  const hasFailed = (response.errored ?? null) !== null || request.failed?.() === true
  return hasFailed ? 500 : CLIENT_CLOSED_REQUEST
}
