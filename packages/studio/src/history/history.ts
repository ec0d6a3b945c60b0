import { type Cell, cellsOf, type Family } from './family.js'
import { addCell, describe, familyOf, type Keyword } from './place-sample.js'
import { markGone, type Poll, recordCell } from './record-cell.js'
import { thin } from './track.js'

/** The samples of pages, poll by poll, for an hour. */
export interface History {
  readonly families: ReadonlyMap<string, Family>
  /** The times of the polls that read a page, in seconds since the epoch, ascending. */
  readonly polls: readonly number[]
  /** Number of samples that were dropped at the limit. */
  readonly leftOut: number
  /** Starts to take a page; `end` completes it. */
  begin(page: string, time: number): PageInput
}

/** Takes the lines of one reading of a page. */
export interface PageInput {
  describe(keyword: Keyword, name: string, text: string): void
  sample(key: string, value: number): void
  end(): void
}

export interface HistoryLimits {
  /** How long values are kept. */
  readonly seconds: number
  /** How long every poll is kept; of older values, one per `coarseSeconds`. */
  readonly fineSeconds: number
  readonly coarseSeconds: number
  /** Maximum number of samples. */
  readonly cells: number
  /** Maximum number of stored changes of values; above it, older values become coarser. */
  readonly changes: number
}

export const defaultLimits: HistoryLimits = {
  seconds: 3600,
  fineSeconds: 300,
  coarseSeconds: 15,
  cells: 120_000,
  changes: 2_000_000,
}

interface PageState {
  /** Cells by their name and labels as text. */
  readonly cells: Map<string, Cell | null>
  polls: number
  lastPoll: number | undefined
}

/** Creates an empty history, whose memory the limits bound for any pages. */
export function createHistory(limits: HistoryLimits = defaultLimits): History {
  const families = new Map<string, Family>()
  const pages = new Map<string, PageState>()
  const polls: number[] = []
  let cellCount = 0
  let leftOut = 0
  let sinceThinned = 0

  const add = (family: Family, key: string): Cell | null => {
    if (cellCount >= limits.cells) return null
    const cell = addCell(family, key)
    if (cell !== null) cellCount++
    return cell
  }

  return {
    families,
    polls,
    get leftOut() {
      return leftOut
    },
    begin(page, time) {
      const state = pages.get(page) ?? { cells: new Map(), polls: 0, lastPoll: undefined }
      pages.set(page, state)
      const poll: Poll = { id: state.polls++, time, before: state.lastPoll }
      let family: Family | undefined
      let refused = 0
      return {
        describe(keyword, name, text) {
          family = describe(families, page, family, keyword, name, text)
        },
        sample(key, value) {
          let cell = state.cells.get(key)
          if (cell === undefined) {
            cell = add(familyOf(families, page, family, key), key)
            state.cells.set(key, cell)
          }
          if (cell === null) refused += key.includes('_created') ? 0 : 1
          else recordCell(cell, value, poll)
        },
        end() {
          for (const cell of state.cells.values()) {
            if (cell !== null && cell.poll !== poll.id && !cell.isGone) markGone(cell, time)
          }
          state.lastPoll = time
          leftOut = refused
          if (polls.at(-1) !== time) polls.push(time)
          if (++sinceThinned >= THIN_EVERY_POLLS) {
            sinceThinned = 0
            cellCount -= forget(families, state, time - limits.seconds)
            thinAll(families, polls, time, limits)
          }
        },
      }
    },
  }
}

const THIN_EVERY_POLLS = 60

/** Removes series that were absent for the whole kept time; returns the number of their cells. */
function forget(families: Map<string, Family>, { cells }: PageState, oldest: number): number {
  const forgotten = new Set<Cell>()
  for (const family of families.values()) {
    for (const [key, series] of family.series) {
      const own = cellsOf(series)
      if (!own.every((cell) => cell.isGone && (cell.track.times.at(-1) ?? 0) < oldest)) continue
      family.series.delete(key)
      for (const cell of own) forgotten.add(cell)
    }
  }
  // Refused samples are tried again: there may be room now, and texts of a page are not kept for ever.
  for (const [key, cell] of cells) if (cell === null || forgotten.has(cell)) cells.delete(key)
  return forgotten.size
}

function thinAll(families: Map<string, Family>, polls: number[], time: number, limits: HistoryLimits): void {
  const cells = Array.from(families.values(), ({ series }) => [...series.values()].flatMap(cellsOf)).flat()
  const oldest = time - limits.seconds
  let coarse = limits.coarseSeconds
  let fineSince = time - limits.fineSeconds
  for (;;) {
    for (const cell of cells) thin(cell.track, oldest, fineSince, coarse)
    const changes = cells.reduce((sum, { track }) => sum + track.times.length, 0)
    if (changes <= limits.changes || coarse >= limits.seconds) break
    coarse *= 2
    fineSince = Math.min(time, fineSince + limits.fineSeconds / 4)
  }
  const firstKept = polls.findIndex((poll) => poll >= oldest)
  if (firstKept > 0) polls.splice(0, firstKept)
}
