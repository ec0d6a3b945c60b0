import type { Pace } from '../pace.js'
import type { EscapingScheme } from './escaping.js'
import type { Family } from './family.js'

/** One scrape as a source sees it. */
export interface ScrapeContext {
  /** Milliseconds that a source may take to collect; what is not there by then should be left out. */
  readonly timeoutMs: number
  /** To be asked during long work, so that the event loop has its turns. */
  readonly pace: Pace
  /** How names are to be written; `underscores` when it is absent. */
  readonly escaping?: EscapingScheme
}

/**
 * Where a page has its families from. `catalogPage` and `otelPage` make two; whoever has other data makes a third.
 * May throw or reject: the scrape is then answered as `onError` says.
 */
export interface PageSource {
  /** The families of a page, the one first that wins when two claim a name. */
  families(scrape: ScrapeContext): readonly Family[] | Promise<readonly Family[]>
  /** Told of a family that was left out, because of a name that another one has. */
  drop?(name: string, reason: string): void
}
