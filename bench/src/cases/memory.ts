import { openLibrary } from '../libraries/open-library.js'
import { heldBytes, settledBytes } from '../measure/heap.js'
import { durationOf, SERIES, seriesLabels } from '../workload.js'
import type { Case } from './case.js'

const SCRAPES = 3

/** Bytes per series of 10,000 histograms with twelve buckets: new, and after scrapes with recordings between them. */
export const memory: Case = async (name) => {
  const store = (await openLibrary(name)).openStore('large')
  // One series and one page first, to exclude objects that a library creates once.
  const touch = (series: number): void => {
    for (let i = 0; i < series; i++) store.record(durationOf(i), seriesLabels(i))
  }
  touch(1)
  await store.page()
  const before = await settledBytes()
  const perSeries = (bytes: number): number => (bytes - before) / (SERIES - 1)

  touch(SERIES)
  const newUncollected = perSeries(heldBytes())
  const fresh = perSeries(await settledBytes())
  for (let i = 0; i < SCRAPES; i++) {
    touch(SERIES)
    await store.page()
  }
  const scrapedUncollected = perSeries(heldBytes())
  const scraped = perSeries(await settledBytes())
  // Read once more, so that no library is collected before the measurement.
  touch(1)
  return { new: fresh, newUncollected, scraped, scrapedUncollected }
}
