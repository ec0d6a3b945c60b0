import { renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tryMake } from '../identity/make-once.js'
import { numbersOfFiles } from '../identity/numbered-files.js'
import { isAlive, type ProcessId } from '../identity/process-id.js'
import { readText } from '../identity/read-file.js'

/** A leader that has given no sign of life for so long is stopped or stuck: another leads until it is back, and after. */
const SILENT_AFTER_MS = 5000
const PREFIX = 'leader-'
const CLOSING = 'closing'

/** Who leads a group: one exports for all, and puts away what the dead have left. */
export interface Lead {
  /** Takes the lead unless another has it; gives a sign of life when it is ours. */
  take(): boolean
  /** Whether this process was the first to lead the group. */
  isFirst(): boolean
  /** Whether it is ours at this moment, as the folder says. */
  holds(): boolean
  /** Notes that this leader is about to export a last time: a process that ends from now on exports itself. */
  close(): void
  /** Whether the one that leads is about to end. */
  isClosing(): boolean
  /** Gives it up, so that another takes it at once. */
  leave(): void
}

/**
 * Leaders are numbered: `leader-7` follows `leader-6`. To lead is to make the next file, which one alone can; a number
 * never comes back, so a process that looked a moment too early finds out by looking once more.
 */
export function createLead(directory: string, own: ProcessId, mayLeadFirst: () => boolean = () => true): Lead {
  /** The leader that was seen last, in case the folder is cleared: it is the one that knows what it has exported. */
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

  /** Whether nothing keeps this process from the lead of a folder in which there is no leader's file. */
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
      // The file stays for its number.
      if (holds()) write(top(), 'left')
    },
  }
}
