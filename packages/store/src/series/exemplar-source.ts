import { environmentVariable } from '../runtime/environment.js'
import { activeSpanContext } from '../runtime/registered-api.js'
import type { TraceReference } from '../store-context.js'

type Source = () => TraceReference | undefined

/**
 * The recorded values that keep the running trace. `true`: those in a sampled trace, the default of
 * OTEL_METRICS_EXEMPLAR_FILTER.
 */
export type ExemplarChoice = boolean | Source | undefined

/** W3C Trace Context, section 3.2.2.5.1: the caller records the trace. */
const SAMPLED = 1

/**
 * Returns the trace source of the application, otherwise that of OTEL_METRICS_EXEMPLAR_FILTER; undefined if exemplars
 * are off.
 */
export function exemplarSourceOf(choice: ExemplarChoice, onThrow: () => void): Source | undefined {
  const source = choice === undefined ? sourceOfFilter() : choice === true ? sampledTrace : choice
  return typeof source === 'function' ? guardedSource(source, onThrow) : undefined
}

function sourceOfFilter(): Source | undefined {
  switch (environmentVariable('OTEL_METRICS_EXEMPLAR_FILTER')?.trim().toLowerCase()) {
    case 'trace_based':
      return sampledTrace
    case 'always_on':
      return activeSpanContext
    default:
      return undefined
  }
}

function sampledTrace(): TraceReference | undefined {
  const context = activeSpanContext()
  return context !== undefined && (context.traceFlags & SAMPLED) !== 0 ? context : undefined
}

/** Wraps the source for the store: it is not called recursively, and its errors are reported and count as no trace. */
function guardedSource(source: Source, onThrow: () => void): Source {
  let isRunning = false
  return () => {
    // Values recorded by the source, and the count of its errors, would call it again without end.
    if (isRunning) return undefined
    isRunning = true
    try {
      const running = source()
      return running && { traceId: running.traceId, spanId: running.spanId }
    } catch {
      onThrow()
      return undefined
    } finally {
      isRunning = false
    }
  }
}
