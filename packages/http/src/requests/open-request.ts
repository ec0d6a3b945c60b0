import { describeError } from '@quipu/core'
import type { ObservedRequest, RequestEnd, RequestRecording } from './observed-request.js'

/** What a framework knows about a request, read at its end. */
export interface FrameworkRequest {
  /** Returns the template if `route` is not set. */
  route(request: object): string | undefined
  /** Called for an error, before it is answered. The first call counts. */
  noteFailure?(): void
}

/** One recorder's observation of a request. */
interface Observation {
  readonly recording: RequestRecording | undefined
  readonly startedAtMs: number
  readonly next: Observation | undefined
}

/**
 * A request in progress. A source opens and ends it, an adapter of a framework names its route. At its end, every
 * recorder that observes it records it once. It is the first of its observations itself: most requests have one.
 */
export class OpenRequest implements ObservedRequest, Observation {
  /** Index of the method in `METHODS`. */
  readonly method: number
  /** Index of the protocol version in `VERSIONS`. */
  readonly version: number
  readonly isEncrypted: boolean
  /** Template of the route as its router declared it; undefined for an unmatched request. */
  route: string | undefined = undefined
  /** Pattern of the handlers below which the request is; the route of a response that none of the routes below gave. */
  mount: string | undefined = undefined
  /** Class of the application's error. */
  errorType: string | undefined = undefined
  /** Whether the application failed, so that an aborted response was not caused by the client. */
  hasFailed = false
  /** Whether an observer below the framework ends the request, so that no adapter does. */
  isFollowed = false
  /** Whether the request was recorded or dropped. */
  hasEnded = false
  /** Reports the application's error, once the request has ended with a status of 500 or more. */
  report: (() => void) | undefined = undefined
  /** What its framework knows about the request. */
  framework: FrameworkRequest | undefined = undefined
  /** The request of a fetch handler. */
  request: Request | undefined = undefined
  recording: RequestRecording | undefined = undefined
  startedAtMs = 0
  next: Observation | undefined = undefined
  #isSwitched = false

  constructor(method: number, version: number, isEncrypted: boolean) {
    this.method = method
    this.version = version
    this.isEncrypted = isEncrypted
  }

  /** Adds a recorder to the observers. Adding the same one again has no effect, nor has adding one at the end. */
  observe(recording: RequestRecording): void {
    if (this.hasEnded) return
    for (let one: Observation | undefined = this; one !== undefined; one = one.next) {
      if (one.recording === recording) return
    }
    const startedAtMs = recording.begin(this)
    if (this.recording === undefined) {
      this.recording = recording
      this.startedAtMs = startedAtMs
    } else this.next = { recording, startedAtMs, next: this.next }
  }

  /** Notes what the application's handler threw. The first error counts: later ones often follow from it. */
  fail(error: unknown): void {
    if (this.hasFailed) return
    this.hasFailed = true
    const { className } = describeError(error)
    if (className !== 'unknown') this.errorType = className
  }

  /** Drops the request, because it is for a page. */
  ignore(): void {
    if (this.hasEnded) return
    this.hasEnded = true
    for (let one: Observation | undefined = this; one !== undefined; one = one.next) one.recording?.leave(this)
  }

  /**
   * Records the request. A second call has no effect.
   * @param isSwitched whether the connection continues in another protocol, until `endStream`
   */
  end(end: RequestEnd, isSwitched = false): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.#isSwitched = isSwitched
    // Status 404: no handler responded.
    if (this.mount !== undefined && end.status !== 404) this.route ??= this.mount
    for (let one: Observation | undefined = this; one !== undefined; one = one.next) {
      one.recording?.end(this, one.startedAtMs, end)
    }
    if (end.isComplete ? end.status >= 500 : this.hasFailed) this.report?.()
    this.report = undefined
  }

  /** Records the duration of a connection that was switched to another protocol. */
  endStream(): void {
    if (!this.#isSwitched) return
    this.#isSwitched = false
    for (let one: Observation | undefined = this; one !== undefined; one = one.next) {
      one.recording?.endStream(this, one.startedAtMs)
    }
  }
}
