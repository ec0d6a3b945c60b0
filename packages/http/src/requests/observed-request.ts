/** What is known of a request, whatever source it comes from. */
export interface ObservedRequest {
  /** Place of the method in `METHODS`. */
  readonly method: number
  /** Place of the protocol version in `VERSIONS`. */
  readonly version: number
  readonly isEncrypted: boolean
  /** Template of the route as its router declared it; undefined where none matched. */
  readonly route: string | undefined
  /** Class of the error that the application failed with. */
  readonly errorType: string | undefined
  /** Whether the application failed, so that a response that broke off is not the client's doing. */
  readonly hasFailed: boolean
}

/** How a request ended, and how much it carried. */
export interface RequestEnd {
  /** Status of the response; 0 when none was sent. */
  readonly status: number
  /** Whether the response was handed over whole. */
  readonly isComplete: boolean
  /** Body sizes in bytes; -1 where they are not known. */
  readonly requestBytes: number
  readonly responseBytes: number
  /** Whether the response was a stream of events, which lasts as long as its client listens. */
  readonly isStream: boolean
}

/** What one recorder records of requests: every vocabulary's metrics, through handles that are looked up once a shape. */
export interface RequestRecording {
  /** A request begins; returns the time on the recorder's clock. */
  begin(request: ObservedRequest): number
  /** A request is no longer active and is not recorded. */
  leave(request: ObservedRequest): void
  end(request: ObservedRequest, startedAtMs: number, end: RequestEnd): void
  /** The connection of a request that switched it to another protocol was closed. */
  endStream(request: ObservedRequest, startedAtMs: number): void
}
