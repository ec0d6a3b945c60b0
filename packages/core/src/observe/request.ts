import { requestMapping } from './mappings/request.js'
import type { Recording } from './recording.js'

/** A request that was answered. */
export interface RequestReport {
  /** Route template (`/users/:id`); nothing or `unmatched` where no route matched (T8). Never a path with its values. */
  readonly endpoint?: string | undefined
  readonly method: string
  /** 499 for a client that went away first. */
  readonly statusCode: number
  readonly durationMs: number
}

/** Counts and times a request, and counts it as an error from 400 on (S14, S15, S17). */
export function observeRequest(recording: Recording, request: RequestReport): void {
  recording.guard('request', () =>
    recording.observe(
      requestMapping,
      {
        endpoint: request.endpoint || 'unmatched',
        method: request.method,
        statusCode: request.statusCode,
        // What is no number is dropped and counted; dividing it would make one of it.
        durationMs: typeof request.durationMs === 'number' ? request.durationMs : Number.NaN,
      },
      null,
    ),
  )
}
