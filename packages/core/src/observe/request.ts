import { requestMapping } from './mappings/request.js'
import type { Recording } from './recording.js'

/** An answered request. */
export interface RequestReport {
  /** Route template (`/users/:id`), never a path with its values; undefined or `unmatched` without a matching route. */
  readonly endpoint?: string | undefined
  readonly method: string
  /** 499 for a client that disconnected first. */
  readonly statusCode: number
  readonly durationMs: number
}

/** Counts and times a request, and counts it as an error from status 400 up. */
export function observeRequest(recording: Recording, request: RequestReport): void {
  recording.guard('request', () =>
    recording.observe(
      requestMapping,
      {
        endpoint: request.endpoint || 'unmatched',
        method: request.method,
        statusCode: request.statusCode,
        // An invalid number is dropped and counted; a division would turn it into a number.
        durationMs: typeof request.durationMs === 'number' ? request.durationMs : Number.NaN,
      },
      null,
    ),
  )
}
