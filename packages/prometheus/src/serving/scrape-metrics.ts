import { diag } from '@opentelemetry/api'

/** What the handler needs of a recorder to count its own work and what went wrong. */
export interface ScrapeRecorder {
  /** Runs a function, swallows and counts what it throws. */
  guard(site: string, run: () => void): void
  readonly metrics: {
    readonly quipu_scrapes_total: { add(value: number, labels: { page: string; code: string | number }): void }
    readonly quipu_scrape_duration_seconds: { record(value: number, labels: { page: string }): void }
    readonly quipu_scrapes_in_flight: { set(value: number): void }
  }
}

/** Follows one scrape. */
interface WatchedScrape {
  end(status: number, inFlight: number): void
}

/** Answers that are to be seen as an increase when they come first; the others are a client's own fault. */
const EXPECTED_CODES = [200, 500, 503]

/**
 * Counts scrapes by page and code, how long they take and how many are in flight; nothing without a recorder. The codes
 * that a page answers of itself are there from the start, at 0.
 */
export function watchScrapes(
  recorder: ScrapeRecorder | undefined,
  pages: readonly string[],
): {
  begin(page: string, inFlight: number): WatchedScrape
} {
  if (recorder === undefined) return { begin: () => ({ end: () => undefined }) }
  const { quipu_scrapes_total, quipu_scrape_duration_seconds, quipu_scrapes_in_flight } = recorder.metrics
  for (const page of pages) {
    for (const code of EXPECTED_CODES) quietly(() => quipu_scrapes_total.add(0, { page, code }))
  }
  return {
    begin(page, inFlight) {
      const startedAt = performance.now()
      quietly(() => quipu_scrapes_in_flight.set(inFlight))
      return {
        end(code, left) {
          quietly(() => {
            quipu_scrapes_in_flight.set(left)
            quipu_scrape_duration_seconds.record((performance.now() - startedAt) / 1000, { page })
            quipu_scrapes_total.add(1, { page, code })
          })
        },
      }
    },
  }
}

/** Counts what went wrong with a page, and tells the operator, whose log may have what a client must not (`diag`). */
export function reportTo(recorder: ScrapeRecorder | undefined): (error: unknown) => void {
  return (error) => {
    quietly(() => diag.error('quipu: a page could not be written', error))
    quietly(() =>
      recorder?.guard('page', () => {
        throw error
      }),
    )
  }
}

/** A strict recorder throws, and a logger can; neither is a reason to leave a scrape without an answer. */
function quietly(run: () => void): void {
  try {
    run()
  } catch {
    // Nothing to do: this is already the way on which faults are told.
  }
}
