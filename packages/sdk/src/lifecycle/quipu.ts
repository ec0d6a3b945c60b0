import type { EventSpecs, MetricSpecs } from '@quipu/catalog/builtin'
import type { Recorder } from '@quipu/core'
import type { PageHandler } from '@quipu/prometheus'
import type { PageUrls, RenderPage } from '../pages.js'

type None = Record<never, never>

/** What became of the data points, and activity records, that were to be pushed. Lines and pages are not counted. */
export interface FlushOutcome {
  /** Points and log records that a back end took. */
  readonly delivered: number
  /** Points that no back end has taken yet and that go out with the next export; after a shutdown, with the next
   * start: they are on the spool. */
  readonly held: number
  /** Points that are lost: refused by the back end, or recorded too late to be sent. */
  readonly dropped: number
  /** Why points were held or dropped. */
  readonly errors: readonly Error[]
}

/** A running Quipu, as `start()` returns it. */
export interface Quipu<M extends MetricSpecs = None, E extends EventSpecs = None> {
  /**
   * Resolves when the pages are served, at once when none were asked for. Rejects with QuipuError QUIPU_PORT_IN_USE or
   * QUIPU_LISTEN_FAILED; recording and pushing go on all the same, and not awaiting it is no unhandled rejection.
   */
  readonly ready: Promise<{ readonly urls: PageUrls }>
  /** Serves both pages in `node:http`, Express and Connect; 404, or `next()`, for any other path. */
  readonly handler: PageHandler
  /** Serves both pages where `Request` and `Response` are spoken. */
  readonly fetch: (request: Request) => Promise<Response>
  /** One page as text: 0.0.4, or OpenMetrics 1.0 when `accept` asks for it. */
  readonly page: RenderPage
  /** Sends what there is now. Never rejects, and takes no longer than `shutdownTimeoutMs`. */
  flush(): Promise<FlushOutcome>
  /**
   * Sends what there is, closes what was opened and leaves no timer. Never rejects, and takes no longer than
   * `shutdownTimeoutMs`; called again, it is the same promise.
   */
  shutdown(): Promise<FlushOutcome>
  readonly recorder: Recorder<M, E>
  /** The recorder's instruments, typed by the catalogue. */
  readonly metrics: Recorder<M, E>['metrics']
}
