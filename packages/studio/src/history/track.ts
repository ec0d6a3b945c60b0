/** The values of a sample over time, one entry per change, so that a constant series needs no memory. */
export interface Track {
  /** Seconds since the epoch, ascending. */
  times: number[]
  values: number[]
}

export function createTrack(): Track {
  return { times: [], values: [] }
}

/** The last value at or before a time; undefined before the first. */
export function valueAt({ times, values }: Track, time: number): number | undefined {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) <= time) low = middle + 1
    else high = middle
  }
  return values[low - 1]
}

/**
 * Removes entries older than `oldest`, except the value at that time, and keeps one entry per `coarseSeconds` of those
 * older than `fineSince`.
 */
export function thin(track: Track, oldest: number, fineSince: number, coarseSeconds: number): void {
  const { times, values } = track
  const keptTimes: number[] = []
  const keptValues: number[] = []
  for (let i = 0; i < times.length; i++) {
    const time = times[i] ?? 0
    const next = times[i + 1]
    if (next !== undefined) {
      if (next <= oldest) continue
      if (next <= fineSince && slotOf(next, coarseSeconds) === slotOf(time, coarseSeconds)) continue
    }
    keptTimes.push(time)
    keptValues.push(values[i] ?? 0)
  }
  track.times = keptTimes
  track.values = keptValues
}

function slotOf(time: number, seconds: number): number {
  return Math.floor(time / seconds)
}
