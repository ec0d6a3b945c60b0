import { environmentVariable } from '../runtime/environment.js'
import { activeSpanContext } from '../runtime/registered-api.js'
import type { TraceReference } from '../store-context.js'

type Source = () => TraceReference | undefined

/** Which recorded values keep the running trace: `true` those in a sampled one, as OTEL_METRICS_EXEMPLAR_FILTER's default. */
export type ExemplarChoice = boolean | Source | undefined

/** W3C Trace Context, section 3.2.2.5.1: the trace is recorded by its caller. */
const SAMPLED = 1

/** The trace source that an application chose; where it chose none, what OTEL_METRICS_EXEMPLAR_FILTER says; else none. */
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

/** The source as the store asks it: never within itself; an error of it is reported and means no trace. */
function guardedSource(source: Source, onThrow: () => void): Source {
  let isAsking = false
  return () => {
    // What the source records itself, and what is counted because it threw, would ask it again without end.
    if (isAsking) return undefined
    isAsking = true
    try {
      const running = source()
      return running && { traceId: running.traceId, spanId: running.spanId }
    } catch {
      onThrow()
      return undefined
    } finally {
      isAsking = false
    }
  }
}
