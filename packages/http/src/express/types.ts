/** The parts of an Express request (4 and 5) that are read. */
export interface ExpressRequest {
  readonly method: string
  readonly url?: string
  readonly originalUrl?: string
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
}

/** The parts of an Express response that are read. */
export interface ExpressResponse {
  readonly statusCode: number
  readonly writableFinished: boolean
  readonly errored?: Error | null
  on(event: 'close', listener: () => void): unknown
}

/** Middleware for `app.use`. */
export type ExpressMiddleware = (request: ExpressRequest, response: ExpressResponse, next: () => void) => void
