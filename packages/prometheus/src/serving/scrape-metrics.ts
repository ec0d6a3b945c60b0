import { diag } from '@quipu/store'

/** The parts of a recorder that the handler uses to count scrapes and errors. */
export interface ScrapeRecorder {
  /** Runs a function, and catches and counts its errors. */
  guard(site: string, run: () => void): void
  readonly metrics: {
    readonly quipu_scrapes_total: { add(value: number, labels: { page: string; code: string | number }): void }
    readonly quipu_scrape_duration_seconds: { record(value: number, labels: { page: string }): void }
    readonly quipu_scrapes_in_flight: { set(value: number): void }
  }
}

/** A scrape in progress. */
interface ScrapeInProgress {
  end(status: number, inFlight: number): void
}

/** Codes whose series start at 0, so that their first occurrence is an increase. Other codes are errors of clients. */
const EXPECTED_CODES = [200, 500, 503]

/**
 * Counts scrapes by page and code, their duration and the scrapes in progress; without a recorder it does nothing. The
 * series of the codes that a page itself causes exist from the start, at 0.
 */
export function countScrapes(
  recorder: ScrapeRecorder | undefined,
  pages: readonly string[],
): {
  begin(page: string, inFlight: number): ScrapeInProgress
} {
  if (recorder === undefined) return { begin: () => ({ end: () => undefined }) }
  const { quipu_scrapes_total, quipu_scrape_duration_seconds, quipu_scrapes_in_flight } = recorder.metrics
  for (const page of pages) {
    for (const code of EXPECTED_CODES) ignoringErrors(() => quipu_scrapes_total.add(0, { page, code }))
  }
  return {
    begin(page, inFlight) {
      const startedAt = performance.now()
      ignoringErrors(() => quipu_scrapes_in_flight.set(inFlight))
      return {
        end(code, left) {
          ignoringErrors(() => {
            quipu_scrapes_in_flight.set(left)
            quipu_scrape_duration_seconds.record((performance.now() - startedAt) / 1000, { page })
            quipu_scrapes_total.add(1, { page, code })
          })
        },
      }
    },
  }
}

/**
 * Counts an error of a page and reports it to the operator through `diag`, whose log may contain what a client must not
 * see.
 */
export function reportTo(recorder: ScrapeRecorder | undefined): (error: unknown) => void {
  return (error) => {
    ignoringErrors(() => diag.error('quipu: a page could not be rendered', error))
    ignoringErrors(() =>
      recorder?.guard('page', () => {
        throw error
      }),
    )
  }
}

/** A strict recorder throws, and a logger can. Neither may leave a scrape without a response. */
function ignoringErrors(run: () => void): void {
  try {
    run()
  } catch {
    // An error of error reporting has nowhere to go.
  }
}
