import type { Pace } from '../pace.js'
import type { EscapingScheme } from './escaping.js'
import type { Family } from './family.js'

/** One scrape, as seen by a source. */
export interface ScrapeContext {
  /** Milliseconds that a source may take to collect. It should omit values that are not available by then. */
  readonly timeoutMs: number
  /** The source asks it during long work, so that the event loop gets its turns. */
  readonly pace: Pace
  /** How to write names. Default `underscores`. */
  readonly escaping?: EscapingScheme
}

/**
 * A source of families for a page. `catalogPage` and `otelPage` create sources; implement this interface for other
 * data. A source may throw or reject: `onError` decides how the scrape is then answered.
 */
export interface PageSource {
  /** Returns the families of a page. When two share a name, the first one wins. */
  families(scrape: ScrapeContext): readonly Family[] | Promise<readonly Family[]>
  /** Receives each family that was left out because another family has its name. */
  drop?(name: string, reason: string): void
}
