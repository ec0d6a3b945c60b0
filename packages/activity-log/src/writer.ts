import type { ActivityEvent } from '@quipu/core'
import { within } from './deadline.js'
import type { LineOutcome } from './sink.js'
import { type ActivityWriterOptions, toFormatter, toNaming, toSink } from './writer-options.js'

/** Takes events, as `recorder.onActivity` gives them. */
export interface ActivityWriter {
  (event: ActivityEvent): void
  /** Resolves when every line is out or given up, or the time is over. Never rejects. */
  flush(): Promise<void>
  /** Flushes and closes the sink; later events are dropped. Never rejects; called again, it is the same promise. */
  close(): Promise<void>
}

/** Lines whose sink has not answered; more are dropped, so that a sink that never answers holds bounded memory. */
const MAX_IN_FLIGHT = 65_536
/** What `quipu_dropped_total` calls the activity log. */
const ACTIVITY = 'activity'

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** What a sink's own flush and close do wrong shows in the lines that fail. */
async function attempt(work: () => PromiseLike<void> | undefined): Promise<void> {
  try {
    await work()
  } catch {}
}

/**
 * Makes what turns events into lines: `recorder.onActivity(createActivityWriter({ sink }))`. No LoggerProvider is needed.
 *
 * Taking an event never throws, rejects or waits, whatever the sink does (T27). Each is counted on
 * `quipu_activity_lines_total{outcome}`: written, dropped (no room, closed, or logged by the sink itself while it writes)
 * or failed (the sink threw or rejected, or the event has no line).
 *
 * @throws QuipuError QUIPU_CONFIG_INVALID when an option cannot be used.
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
  const waiting = new Set<() => void>()
  let inFlight = 0
  let writing = false
  let closed: Promise<void> | undefined

  function count(outcome: LineOutcome, reason?: string): void {
    try {
      recorder?.metrics.quipu_activity_lines_total.add(1, { outcome })
      if (reason !== undefined) recorder?.drop(ACTIVITY, reason)
    } catch {
      // A recorder that throws must not reach the caller either.
    }
  }

  function settle(outcome: unknown): void {
    if (outcome === 'dropped') count('dropped', 'queue_full')
    else if (outcome === 'failed') count('failed', 'threw')
    else count('written')
  }

  function settleLater(result: PromiseLike<unknown>): void {
    inFlight++
    let settled = false
    const once = (outcome: unknown): void => {
      // Not every thenable keeps to one answer.
      if (settled) return
      settled = true
      settle(outcome)
      if (--inFlight > 0) return
      for (const resume of waiting) resume()
      waiting.clear()
    }
    try {
      result.then(once, () => once('failed'))
    } catch {
      once('failed')
    }
  }

  function write(event: ActivityEvent): void {
    const { user } = event
    const named = { ...event, user: typeof user === 'string' ? nameOf(user) : null }
    const line = format(named)
    if (line === '') {
      count('failed', 'unknown_event')
      return
    }
    const result = sink.write(line, named)
    if (isPromiseLike(result)) settleLater(result)
    else settle(result)
  }

  /** Why there is no room for another line. */
  function refusal(): string | undefined {
    if (closed !== undefined) return 'closed'
    // A sink that logs while it writes would never come to an end.
    if (writing) return 'reentrant'
    return inFlight >= MAX_IN_FLIGHT ? 'queue_full' : undefined
  }

  function take(event: ActivityEvent): void {
    const reason = refusal()
    if (reason !== undefined) {
      count('dropped', reason)
      return
    }
    writing = true
    try {
      write(event)
    } catch {
      settle('failed')
    } finally {
      writing = false
    }
  }

  function idle(): Promise<void> {
    return inFlight === 0 ? Promise.resolve() : new Promise((resolve) => waiting.add(resolve))
  }

  async function settleAll(): Promise<void> {
    await Promise.all([idle(), attempt(() => sink.flush?.())])
  }

  return Object.assign(take, {
    flush: () => within(timeoutMs, settleAll()),
    close() {
      closed ??= within(
        timeoutMs,
        settleAll().then(() => attempt(() => sink.close?.())),
      )
      return closed
    },
  })
}
