import type { ExportTotals } from '@quipu/otlp'
import type { FlushOutcome } from './quipu.js'

/** The parts of a push reader that report the outcome of its points. */
interface Push {
  readonly ledger: { readonly totals: ExportTotals }
  held(): number
}

/**
 * Starts to count the outcomes of pushed points and records.
 * @returns a function that returns the outcome since then; `more` are errors that no push reader reports
 */
export function countOutcome(
  pushes: readonly Push[],
): (more: { dropped: number; errors: readonly Error[] }) => FlushOutcome {
  const before = pushes.map(({ ledger }) => ledger.totals)
  return ({ dropped, errors }) => {
    const parts = pushes.map(({ ledger }, i) => since(before[i], ledger.totals))
    return {
      delivered: parts.reduce((sum, part) => sum + part.delivered, 0),
      held: pushes.reduce((sum, push) => sum + push.held(), 0),
      dropped: parts.reduce((sum, part) => sum + part.dropped, dropped),
      errors: [...parts.flatMap((part) => part.errors), ...errors],
    }
  }
}

function since(before: ExportTotals | undefined, after: ExportTotals): Omit<FlushOutcome, 'held'> {
  const errors = after.errorCount - (before?.errorCount ?? 0)
  return {
    delivered: after.delivered - (before?.delivered ?? 0),
    dropped: after.dropped - (before?.dropped ?? 0),
    errors: errors > 0 ? after.errors.slice(-errors) : [],
  }
}
