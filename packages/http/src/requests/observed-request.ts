/** Properties of a request, independent of its source. */
export interface ObservedRequest {
  /** Index of the method in `METHODS`. */
  readonly method: number
  /** Index of the protocol version in `VERSIONS`. */
  readonly version: number
  readonly isEncrypted: boolean
  /** Template of the route as its router declared it; undefined for an unmatched request. */
  readonly route: string | undefined
  /** Class of the application's error. */
  readonly errorType: string | undefined
  /** Whether the application failed, so that an aborted response was not caused by the client. */
  readonly hasFailed: boolean
}

/** The end of a request. */
export interface RequestEnd {
  /** Status of the response; 0 when none was sent. */
  readonly status: number
  /** Whether the whole response was sent. */
  readonly isComplete: boolean
  /** Body sizes in bytes; -1 if unknown. */
  readonly requestBytes: number
  readonly responseBytes: number
  /** Whether the response was a stream of events, which lasts as long as its client listens. */
  readonly isStream: boolean
}

/** Records requests into one recorder in all its vocabularies, through handles that are looked up once per shape. */
export interface RequestRecording {
  /** Starts a request. Returns the time on the recorder's clock. */
  begin(request: ObservedRequest): number
  /** Ends a request without recording it. */
  leave(request: ObservedRequest): void
  end(request: ObservedRequest, startedAtMs: number, end: RequestEnd): void
  /** Records the closed connection of a request that switched it to another protocol. */
  endStream(request: ObservedRequest, startedAtMs: number): void
}
