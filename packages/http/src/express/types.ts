/** As much of an Express request as is looked at: those of Express 4 and 5 both fit. */
export interface ExpressRequest {
  readonly method: string
  readonly url?: string
  readonly originalUrl?: string
}

/** As much of an Express response as is looked at. */
export interface ExpressResponse {
  readonly statusCode: number
  readonly writableFinished: boolean
  readonly errored?: Error | null
  on(event: 'close', listener: () => void): unknown
}

/** A middleware for `app.use`. */
export type ExpressMiddleware = (request: ExpressRequest, response: ExpressResponse, next: () => void) => void
