import { type ActivityEvent, waitAtMost } from '@quipu/core'
import { createPendingLines } from './pending-lines.js'
import type { LineOutcome } from './sink.js'
import { type ActivityWriterOptions, type LineCounter, toFormatter, toNaming, toSink } from './writer-options.js'

/** Writes activity events as lines; a listener for `recorder.onActivity`. */
export interface ActivityWriter {
  (event: ActivityEvent): void
  /** Resolves when every line is written or given up, or when the time is over. Never rejects. */
  flush(): Promise<void>
  /** Flushes and closes the sink; later events are dropped. Never rejects. Further calls return the same promise. */
  close(): Promise<void>
}

/** The most lines whose sink has not answered; more are dropped, so that a sink that never answers holds bounded memory. */
const MAX_IN_FLIGHT = 65_536
/** The name of the activity log on `quipu_dropped_total`. */
const ACTIVITY = 'activity'

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** Runs the sink's own flush or close. Its failure is not counted here: the lines that failed are. */
async function ignoringErrors(work: () => PromiseLike<void> | undefined): Promise<void> {
  try {
    await work()
  } catch {}
}

/** Counts a line on `quipu_activity_lines_total`, and what was not written on `quipu_dropped_total` too. Never throws. */
function countLine(recorder: LineCounter | undefined, outcome: LineOutcome, reason?: string): void {
  try {
    recorder?.metrics.quipu_activity_lines_total.add(1, { outcome })
    if (reason !== undefined) recorder?.drop(ACTIVITY, reason)
  } catch {
    // A strict recorder throws; the application that logs must not notice.
  }
}

/**
 * Creates a writer of activity lines: `recorder.onActivity(createActivityWriter({ sink }))`. No LoggerProvider is needed.
 *
 * Taking an event never throws, rejects or waits, for any behaviour of the sink. Each event is counted on
 * `quipu_activity_lines_total{outcome}`: written, dropped (no room, closed, or logged by the sink itself while it writes)
 * or failed (the sink threw or rejected, or the event has no line).
 *
 * @throws QuipuError QUIPU_CONFIG_INVALID when an option is invalid.
 * @example
 * const write = createActivityWriter({ sink: fileSink('activity.log'), recorder })
 * recorder.onActivity(write)
 * await write.close()
 */
export function createActivityWriter(options: ActivityWriterOptions): ActivityWriter {
  const sink = toSink(options.sink)
  const format = toFormatter(options.format)
  const nameOf = toNaming(options)
  const { recorder, timeoutMs = 2000 } = options
  const pending = createPendingLines()
  let isWriting = false
  let closed: Promise<void> | undefined

  const countOutcome = (outcome: unknown): void => {
    if (outcome === 'dropped') countLine(recorder, 'dropped', 'queue_full')
    else if (outcome === 'failed') countLine(recorder, 'failed', 'threw')
    else countLine(recorder, 'written')
  }

  const write = (event: ActivityEvent): void => {
    const { user } = event
    const named = { ...event, user: typeof user === 'string' ? nameOf(user) : null }
    const line = format(named)
    if (line === '') {
      countLine(recorder, 'failed', 'unknown_event')
      return
    }
    const answer = sink.write(line, named)
    if (isPromiseLike(answer)) pending.add(answer, countOutcome)
    else countOutcome(answer)
  }

  const refusal = (): string | undefined => {
    if (closed !== undefined) return 'closed'
    // A sink that logs while it writes would never end.
    if (isWriting) return 'reentrant'
    return pending.count >= MAX_IN_FLIGHT ? 'queue_full' : undefined
  }

  const take = (event: ActivityEvent): void => {
    const reason = refusal()
    if (reason !== undefined) {
      countLine(recorder, 'dropped', reason)
      return
    }
    isWriting = true
    try {
      write(event)
    } catch {
      countOutcome('failed')
    } finally {
      isWriting = false
    }
  }

  const inTime = async (work: Promise<unknown>): Promise<void> => void (await waitAtMost(timeoutMs, work))
  const drain = () => Promise.all([pending.idle(), ignoringErrors(() => sink.flush?.())])
  const drainAndClose = () => drain().then(() => ignoringErrors(() => sink.close?.()))
  return Object.assign(take, {
    flush: () => inTime(drain()),
    close() {
      closed ??= inTime(drainAndClose())
      return closed
    },
  })
}
