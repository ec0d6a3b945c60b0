import { closeSync, openSync, utimesSync, writeSync } from 'node:fs'

/** Maximum number of unchanged numbers between two changed ones that are written as well, which is cheaper than skipping them. */
const MAX_GAP = 64
/** A released place is reused only after this time, when no reader can mistake it for the earlier series. */
const REST_MS = 60_000

/** A file of numbers, eight bytes each, which are changed in place. */
export interface NumberFile {
  /** Reserves a place for a number of values, and returns the index of its first. */
  take(count: number): number
  giveUp(at: number, count: number): void
  /** Sets numbers from an index on; returns whether any of the first `compared` ones changed. */
  set(at: number, numbers: Float64Array, compared: number): boolean
  /** Writes changed numbers in few pieces; returns whether there were any. */
  write(): boolean
  touch(now: Date): void
  close(): void
}

/** @throws Error if a file or link of that name exists */
export function createNumberFile(path: string): NumberFile {
  const file = openSync(path, 'wx', 0o600)
  let numbers = new Float64Array(256)
  let used = 0
  let changed: { from: number; to: number }[] = []
  const free = new Map<number, { readonly at: number; readonly since: number }[]>()

  return {
    take(count) {
      const rested = free.get(count)
      if (rested?.[0] !== undefined && performance.now() - rested[0].since > REST_MS) return rested.shift()?.at ?? 0
      const at = used
      used += count
      // Writes zeros as well, because readers find no numbers after the end of the file.
      changed.push({ from: at, to: used })
      if (used > numbers.length) {
        const larger = new Float64Array(Math.max(used, 2 * numbers.length))
        larger.set(numbers)
        numbers = larger
      }
      return at
    },
    giveUp(at, count) {
      const places = free.get(count) ?? []
      free.set(count, places)
      places.push({ at, since: performance.now() })
    },
    set(at, now, compared) {
      let i = 0
      while (i < compared && numbers[at + i] === now[i]) i++
      if (i === compared) return false
      numbers.set(now, at)
      changed.push({ from: at, to: at + now.length })
      return true
    },
    write() {
      if (changed.length === 0) return false
      for (const { from, to } of joined(changed)) {
        writeSync(file, new Uint8Array(numbers.buffer, from * 8, (to - from) * 8), 0, (to - from) * 8, from * 8)
      }
      changed = []
      return true
    },
    touch: (now) => utimesSync(path, now, now),
    close: () => closeSync(file),
  }
}

/** Joins ranges that are near each other. */
function joined(ranges: readonly { readonly from: number; readonly to: number }[]): { from: number; to: number }[] {
  const result: { from: number; to: number }[] = []
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last !== undefined && from <= last.to + MAX_GAP) last.to = Math.max(last.to, to)
    else result.push({ from, to })
  }
  return result
}
