import type { EventSpecs, MetricSpecs } from '@quipu/catalog/builtin'
import type { Recorder } from '@quipu/core'
import type { PageHandler } from '@quipu/prometheus'
import type { PageUrls, RenderPage } from '../pages.js'

type None = Record<never, never>

/** Outcome of the pushed data points and activity records. Lines and pages are not counted. */
export interface FlushOutcome {
  /** Number of points and log records that a back end accepted. */
  readonly delivered: number
  /**
   * Number of points that no back end has accepted yet. They are part of the next export; after a shutdown, they are on
   * the spool until the next start.
   */
  readonly held: number
  /** Number of lost points: rejected by the back end, or recorded too late to be exported. */
  readonly dropped: number
  /** The reasons for held and dropped points. */
  readonly errors: readonly Error[]
}

/** A running Quipu, as `start()` returns it. */
export interface Quipu<M extends MetricSpecs = None, E extends EventSpecs = None> {
  /**
   * Resolves when the pages are served, immediately if they are not. Rejects with QuipuError QUIPU_PORT_IN_USE or
   * QUIPU_LISTEN_FAILED; recording and pushing continue, and an ignored rejection is not reported as unhandled.
   */
  readonly ready: Promise<{ readonly urls: PageUrls }>
  /** Serves both pages in `node:http`, Express and Connect. Other paths go to `next()`, or get 404 without it. */
  readonly handler: PageHandler
  /** Serves both pages on platforms with `Request` and `Response`. */
  readonly fetch: (request: Request) => Promise<Response>
  /** Renders one page as text: 0.0.4, or OpenMetrics 1.0 if `accept` asks for it. */
  readonly page: RenderPage
  /** Exports everything recorded so far, within `shutdownTimeoutMs`. Never rejects. */
  flush(): Promise<FlushOutcome>
  /**
   * Exports everything, closes what was opened and leaves no timer, within `shutdownTimeoutMs`. Never rejects. A second
   * call returns the same promise.
   */
  shutdown(): Promise<FlushOutcome>
  readonly recorder: Recorder<M, E>
  /** The recorder's instruments, typed by the catalogue. */
  readonly metrics: Recorder<M, E>['metrics']
}
