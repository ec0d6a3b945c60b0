/** Seconds between two polls that count as a gap, because several polls have failed; nothing is drawn in a gap. */
const GAP_SECONDS = 12

/**
 * Replaces values by NaN at steps without data: before the first poll, and where the seconds before a step reach into a
 * gap.
 * @param polls times of the polls, ascending
 */
export function withoutGaps(
  polls: readonly number[],
  grid: readonly number[],
  windowSeconds: number,
  values: Float64Array,
): Float64Array {
  const first = polls[0]
  let next = 0
  // Values before the first poll are unknown.
  let gapEnd = first ?? 0
  for (let i = 0; i < grid.length; i++) {
    const time = grid[i] ?? 0
    while (next < polls.length && (polls[next] ?? 0) <= time) {
      if (next > 0 && (polls[next] ?? 0) - (polls[next - 1] ?? 0) > GAP_SECONDS) gapEnd = polls[next] ?? 0
      next++
    }
    const last = polls[next - 1]
    const isUnread = first === undefined || last === undefined || time - last > GAP_SECONDS
    if (isUnread || time - windowSeconds < gapEnd) values[i] = Number.NaN
  }
  return values
}
