import { formatMetricLine } from '@quipu/activity-log'
import type { ActivityEvent } from '@quipu/core'
import type { ServedDocument } from '@quipu/prometheus'

/** The last `[METRIC]` lines, for the studio. */
export interface RecentLines {
  /** @param user name of the user on lines */
  add(event: ActivityEvent, user: string | null): void
  readonly document: ServedDocument
}

/** Maximum number of lines in memory, for a studio that is opened later. */
const MOST_LINES = 500

/** Creates an empty list, which keeps the last 500 lines. */
export function createRecentLines(): RecentLines {
  const lines: string[] = []
  let count = 0
  return {
    add({ event, fields }, user) {
      const line = formatMetricLine({ event, user, fields })
      if (line === '') return
      lines.push(line)
      count++
      if (lines.length > MOST_LINES) lines.shift()
    },
    document: {
      read(query) {
        const after = Number(new URLSearchParams(query).get('after'))
        // A reader with a greater number has read from an earlier process.
        const missed = after >= 0 && after <= count ? count - after : lines.length
        return {
          body: JSON.stringify({ next: count, lines: missed === 0 ? [] : lines.slice(-missed) }),
          headers: { 'content-type': 'application/json' },
        }
      },
    },
  }
}
