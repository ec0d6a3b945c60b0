import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Removal } from '@quipu/core'
import { ownProcessId, type ProcessId } from '../identity/process-id.js'
import { readText } from '../identity/read-file.js'
import type { Shape } from '../publish/shape.js'

/** What processes have left that are no more, so that counters do not go down when one dies. */
export interface Retained {
  /** Whose numbers are in it; their own files no longer count. */
  readonly absorbed: readonly ProcessId[]
  readonly series: readonly RetainedSeries[]
  /** What was removed of late, for those who have not done so yet. */
  readonly removals?: readonly GroupRemoval[]
}
export interface RetainedSeries {
  readonly metric: string
  readonly shape?: Shape | undefined
  readonly values: readonly (string | null)[]
  readonly startUnixMs: number
  readonly numbers: readonly number[]
}
export interface GroupRemoval {
  readonly metric: string
  readonly labels: Removal
  /** The state in which it came: who has applied that one has applied it. */
  readonly number: number
}

const nothing: Retained = { absorbed: [], series: [] }

/** Reads a note that one process alone writes; nothing when there is none. */
export function readRetained(directory: string, file: string): Retained {
  try {
    return parseRetained(readText(join(directory, file)))
  } catch {
    return nothing
  }
}

/** Writes a note so that nobody ever reads half of it. */
export function writeRetained(
  directory: string,
  retained: Retained & { readonly files?: readonly string[] },
  file: string,
): void {
  const aside = join(directory, `${file}.${ownProcessId()}`)
  writeFileSync(aside, JSON.stringify(retained), { mode: 0o600 })
  renameSync(aside, join(directory, file))
}

/** Parses what is retained; nothing when it is something else. */
export function parseRetained(text: string): Retained {
  try {
    const parsed: unknown = JSON.parse(text)
    return isRetained(parsed) ? parsed : nothing
  } catch {
    return nothing
  }
}

/** A key that no two series share. */
export function keyOf(metric: string, values: readonly (string | null | undefined)[], shape?: Shape): string {
  return JSON.stringify([metric, shape, ...values])
}

function isRetained(value: unknown): value is Retained {
  return (
    typeof value === 'object' &&
    value !== null &&
    'absorbed' in value &&
    'series' in value &&
    Array.isArray(value.absorbed) &&
    Array.isArray(value.series)
  )
}
