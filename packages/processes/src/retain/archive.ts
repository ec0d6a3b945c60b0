import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Removal } from '@quipu/store'
import { ownProcessId, type ProcessId } from '../identity/process-id.js'
import { readText } from '../identity/read-file.js'
import type { Shape } from '../publish/shape.js'

/** Counts of ended processes, so that counters do not decrease. */
export interface Archive {
  /** The processes whose values are included; their own files no longer count. */
  readonly archived: readonly ProcessId[]
  readonly series: readonly ArchivedSeries[]
  /** Recent removals, for processes that have not applied them yet. */
  readonly removals?: readonly GroupRemoval[]
}
export interface ArchivedSeries {
  readonly metric: string
  readonly shape?: Shape | undefined
  readonly values: readonly (string | null)[]
  readonly startUnixMs: number
  readonly numbers: readonly number[]
}
export interface GroupRemoval {
  readonly metric: string
  readonly labels: Removal
  /** The number of the archive that contains it: a process that has applied that archive has applied the removal. */
  readonly number: number
}

const nothing: Archive = { archived: [], series: [] }

/** Reads a file of this form that one process writes; returns an empty archive if it does not exist. */
export function readArchive(directory: string, file: string): Archive {
  try {
    return parseArchive(readText(join(directory, file)))
  } catch {
    return nothing
  }
}

/** Writes such a file. Readers see either the old or the new one, complete. */
export function writeArchive(
  directory: string,
  archive: Archive & { readonly files?: readonly string[] },
  file: string,
): void {
  const aside = join(directory, `${file}.${ownProcessId()}`)
  writeFileSync(aside, JSON.stringify(archive), { mode: 0o600 })
  renameSync(aside, join(directory, file))
}

/** Parses an archive; returns an empty one for other content. */
export function parseArchive(text: string): Archive {
  try {
    const parsed: unknown = JSON.parse(text)
    return isArchive(parsed) ? parsed : nothing
  } catch {
    return nothing
  }
}

/** Returns a key that differs for any two series. */
export function keyOf(metric: string, values: readonly (string | null | undefined)[], shape?: Shape): string {
  return JSON.stringify([metric, shape, ...values])
}

function isArchive(value: unknown): value is Archive {
  return (
    typeof value === 'object' &&
    value !== null &&
    'archived' in value &&
    'series' in value &&
    Array.isArray(value.archived) &&
    Array.isArray(value.series)
  )
}
