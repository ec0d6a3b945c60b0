import { renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tryMake } from '../identity/make-once.js'
import { numbersOfFiles } from '../identity/numbered-files.js'
import { isAlive, type ProcessId } from '../identity/process-id.js'
import { readText } from '../identity/read-file.js'

/** A leader without a sign of life for this time is stopped or stuck; another one leads from then on. */
const SILENT_AFTER_MS = 5000
const PREFIX = 'leader-'
const CLOSING = 'closing'

/** The leadership of a group: one process exports for all and archives the values of dead ones. */
export interface Lead {
  /** Becomes the leader unless another process leads. Gives a sign of life if this process leads. */
  take(): boolean
  /** Whether this process was the first to lead the group. */
  isFirst(): boolean
  /** Whether this process leads at this moment, according to the folder. */
  holds(): boolean
  /** Notes that this leader is about to export a last time: a process that ends from now on exports itself. */
  close(): void
  /** Whether the leader is about to end. */
  isClosing(): boolean
  /** Gives up the lead, so that another process takes it at once. */
  leave(): void
}

/**
 * Leaders are numbered: `leader-7` follows `leader-6`. To lead is to create the next file, which only one process can
 * do. A number is never reused, so a process with an outdated view detects it by reading the folder again.
 */
export function createLead(directory: string, own: ProcessId, mayLeadFirst: () => boolean = () => true): Lead {
  /** The last known leader, in case the folder is cleared: it knows what it has exported. */
  let seen: ProcessId | undefined
  let clearedAtMs: number | undefined
  let wasFirst = false
  const aside = join(directory, `${PREFIX}aside.${own}`)

  const numbers = (): readonly number[] => numbersOfFiles(directory, PREFIX)
  const fileOf = (number: number): string => join(directory, `${PREFIX}${number}`)
  const top = (): number => numbers().at(-1) ?? 0
  const read = (number: number): readonly [id?: string, state?: string] => {
    try {
      return readText(fileOf(number)).split(' ') as [string, string?]
    } catch {
      return []
    }
  }
  const write = (number: number, text: string): void => {
    writeFileSync(aside, text, { mode: 0o600 })
    renameSync(aside, fileOf(number))
  }
  const holds = (): boolean => {
    try {
      return read(top())[0] === own
    } catch {
      return false
    }
  }
  const isThere = (number: number): boolean => {
    const [id] = read(number)
    return id !== undefined && isAlive(id) && Date.now() - statSync(fileOf(number)).mtimeMs < SILENT_AFTER_MS
  }

  /** Whether this process may lead a folder without a leader's file. */
  const mayBegin = (): boolean => {
    if (seen === undefined) return mayLeadFirst()
    clearedAtMs ??= performance.now()
    return seen === own || !isAlive(seen) || performance.now() - clearedAtMs > SILENT_AFTER_MS
  }

  return {
    holds,
    isFirst: () => wasFirst,
    take() {
      const last = top()
      if (last === 0 && !mayBegin()) return false
      if (last > 0) {
        clearedAtMs = undefined
        seen = read(last)[0] ?? seen
      }
      if (last > 0 && read(last)[0] === own) {
        utimesSync(fileOf(last), new Date(), new Date())
        return true
      }
      try {
        if (last > 0 && isThere(last)) return false
        if (!tryMake(directory, `${PREFIX}${last + 1}`, own)) return false
      } catch {
        return false
      }
      if (!holds()) return false
      wasFirst ||= last === 0 && seen === undefined
      seen = own
      for (const number of numbers()) if (number <= last) rmSync(fileOf(number), { force: true })
      return true
    },
    close() {
      if (holds()) write(top(), `${own} ${CLOSING}`)
    },
    isClosing() {
      const last = top()
      return last > 0 && read(last)[1] === CLOSING && isThere(last)
    },
    leave() {
      // The file stays because of its number.
      if (holds()) write(top(), 'left')
    },
  }
}
