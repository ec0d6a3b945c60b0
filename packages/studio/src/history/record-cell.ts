import type { Cell } from './family.js'

/** When a page was read. */
export interface Poll {
  readonly id: number
  /** Seconds since the epoch. */
  readonly time: number
  /** The time of the page's previous poll; undefined for the first. */
  readonly before: number | undefined
}

/** Records a page's number for a cell. */
export function recordCell(cell: Cell, value: number, poll: Poll): void {
  if (cell.isCumulative) recordGrowth(cell, value, poll)
  else if (cell.isGone || value !== cell.last) append(cell, value, poll.time)
  cell.last = value
  cell.poll = poll.id
  cell.isGone = false
}

function recordGrowth(cell: Cell, value: number, { time, before }: Poll): void {
  const { track, last } = cell
  const total = track.values.at(-1)
  if (total === undefined) {
    // Values of the first poll were counted earlier; series that appear later started at zero.
    append(cell, 0, before ?? time)
    const growth = value - countBefore(cell.below, value, time)
    cell.below = undefined
    if (before !== undefined && growth > 0) append(cell, growth, time)
    return
  }
  const growth = cell.isGone || value < last ? value : value - last
  if (growth > 0) append(cell, total + growth, time)
}

/**
 * What a new bucket had at the previous poll: as many as the bucket below it, since nothing was observed between the two.
 * A histogram whose range grows (an exponential one, as text) has such buckets.
 */
function countBefore(below: Cell | undefined, value: number, time: number): number {
  if (below === undefined || below.isGone) return 0
  const { times, values } = below.track
  const growth = times.at(-1) === time ? (values.at(-1) ?? 0) - (values.at(-2) ?? 0) : 0
  const count = below.last - growth
  return count <= value ? count : 0
}

/** Notes that the page no longer has a cell. */
export function markGone(cell: Cell, time: number): void {
  cell.isGone = true
  if (!cell.isCumulative) append(cell, Number.NaN, time)
}

function append({ track: { times, values } }: Cell, value: number, time: number): void {
  times.push(time)
  values.push(value)
}
