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

/** Counts scrapes by page and code, how long they take and how many are in flight; nothing without a recorder. */
export function watchScrapes(recorder: ScrapeRecorder | undefined): {
  begin(page: string, inFlight: number): WatchedScrape
} {
  if (recorder === undefined) return { begin: () => ({ end: () => undefined }) }
  const { quipu_scrapes_total, quipu_scrape_duration_seconds, quipu_scrapes_in_flight } = recorder.metrics
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
