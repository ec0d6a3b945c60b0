import type { ObservedRequest, RequestEnd, RequestRecording } from './observed-request.js'

/** An adapter's view of a request, asked when it ends. */
export interface RouteTracking {
  /** The template, where `route` was not set before. */
  route(request: object): string | undefined
  /** Whether a handler failed; asked only where the response broke off. */
  hasFailed(request: object): boolean
}

/** One recorder's observation of a request. */
interface Observation {
  readonly recording: RequestRecording
  readonly startedAtMs: number
  readonly next: Observation | undefined
}

/**
 * A request that is being answered. A source opens and ends it; an adapter of a framework names its route. It is recorded
 * once, at its end, by every recorder that observes it.
 */
export class OpenRequest implements ObservedRequest {
  /** Place of the method in `METHODS`. */
  readonly method: number
  /** Place of the protocol version in `VERSIONS`. */
  readonly version: number
  readonly isEncrypted: boolean
  /** Bytes that the connection had carried towards the client when the request began. */
  readonly bytesBefore: number
  /** Template of the route as its router declared it; undefined where none matched. */
  route: string | undefined = undefined
  /** Class of the error that the application failed with. */
  errorType: string | undefined = undefined
  /** Whether the application failed, so that a response that broke off is not the client's doing. */
  hasFailed = false
  /** What an adapter knows when the request ends. */
  tracking: RouteTracking | undefined = undefined
  /** The request of a fetch handler. */
  request: Request | undefined = undefined
  #observations: Observation | undefined = undefined
  #switched: Observation | undefined = undefined

  constructor(method: number, version: number, isEncrypted: boolean, bytesBefore: number) {
    this.method = method
    this.version = version
    this.isEncrypted = isEncrypted
    this.bytesBefore = bytesBefore
  }

  /** Has a recorder observe the request; the same one again changes nothing. */
  observe(recording: RequestRecording): void {
    for (let one = this.#observations; one !== undefined; one = one.next) if (one.recording === recording) return
    this.#observations = { recording, startedAtMs: recording.begin(this), next: this.#observations }
  }

  /** Forgets the request: it is one for the pages, which are not counted. */
  ignore(): void {
    for (let one = this.#observations; one !== undefined; one = one.next) one.recording.leave(this)
    this.#observations = undefined
  }

  /**
   * Records the request; a second end does nothing.
   * @param isSwitched whether its connection goes on in another protocol, until `endStream`
   */
  end(end: RequestEnd, isSwitched = false): void {
    const first = this.#observations
    this.#observations = undefined
    if (isSwitched) this.#switched = first
    for (let one = first; one !== undefined; one = one.next) one.recording.end(this, one.startedAtMs, end)
  }

  /** Records how long a connection that was switched to another protocol has lasted. */
  endStream(): void {
    const first = this.#switched
    this.#switched = undefined
    for (let one = first; one !== undefined; one = one.next) one.recording.endStream(this, one.startedAtMs)
  }
}
