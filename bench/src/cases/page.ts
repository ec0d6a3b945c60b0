import { openLibrary } from '../libraries/open-library.js'
import type { RenderedBytes } from '../library.js'
import { collectGarbage } from '../measure/heap.js'
import { type Turns, watchTurns } from '../measure/turns.js'
import { maximum, median, minimum } from '../statistics.js'
import { durationOf, SERIES, seriesLabels } from '../workload.js'
import type { Case } from './case.js'

const RECORDS_PER_SERIES = 8
const WARM_UPS = 2

/** Pages of 10,000 histograms with twelve buckets: the first, changed and unchanged ones. */
export const page: Case = async (name, { quick }) => {
  const store = (await openLibrary(name)).openStore('large')
  const touch = (): void => {
    for (let i = 0; i < SERIES; i++) store.record(durationOf(i), seriesLabels(i))
  }
  for (let i = 0; i < SERIES * RECORDS_PER_SERIES; i++) store.record(durationOf(i * 7), seriesLabels(i))

  let last: RenderedBytes | undefined
  const write = (): Promise<Turns> =>
    watchTurns(async () => {
      last = await store.page()
    })
  const first = await write()
  for (let i = 0; i < WARM_UPS; i++) {
    touch()
    await write()
  }
  const changed: Turns[] = []
  const unchanged: Turns[] = []
  const uncached: Turns[] = []
  for (let i = 0; i < (quick ? 1 : 3); i++) {
    touch()
    changed.push(await write())
    unchanged.push(await write())
    last = undefined
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
    uncached.push(await write())
  }
  const totals = (turns: readonly Turns[]): number[] => turns.map(({ totalMs }) => totalMs)
  return {
    firstMs: first.totalMs,
    firstLongestMs: first.longestMs,
    changedMs: median(totals(changed)),
    changedMinMs: minimum(totals(changed)),
    longestMs: maximum(changed.map(({ longestMs }) => longestMs)),
    unchangedMs: median(totals(unchanged)),
    unchangedAfterGcMs: median(totals(uncached)),
    changedToUnchanged: median(totals(changed)) / median(totals(unchanged)),
    megabytes: (last?.bytes() ?? 0) / 1e6,
  }
}
