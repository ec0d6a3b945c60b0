import { QuipuError } from '@quipu/catalog/builtin'
import { diag, type Store, writeToStderr } from '@quipu/store'

/** Counts disk errors in `quipu_guard_catches_total{site="spool_ENOSPC"}`, and reports each reason once. */
export interface DiskFailures {
  /** @returns the reason */
  count(error: unknown): string
  /** @returns undefined if the work throws, which is counted */
  guard<T>(work: () => T): T | undefined
}

/** @param what subject of the report */
export function createDiskFailures(what: string, { metrics }: Pick<Store, 'metrics'>): DiskFailures {
  const reported = new Set<string>()
  function count(error: unknown): string {
    const code = codeOf(error)
    metrics.quipu_guard_catches_total.add(1, { site: `spool_${code}` })
    if (reported.has(code)) return code
    reported.add(code)
    if (error instanceof QuipuError)
      writeToStderr(`${what} fails (${code}): ${error.what} ${error.fix}. Batches wait in memory.`)
    else diag.error(`${what} fails (${code}); what it does not take waits in memory`)
    return code
  }
  return {
    count,
    guard(work) {
      try {
        return work()
      } catch (error) {
        count(error)
        return undefined
      }
    },
  }
}

/** `ENOSPC`, `EACCES`: the system's code of the error. Messages of the system contain file names. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^[A-Z][A-Z0-9_]{1,30}$/.test(code) ? code : 'other'
}
