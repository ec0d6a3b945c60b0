import { openLibrary } from '../libraries/open-library.js'
import { heldBytes, settledBytes } from '../measure/heap.js'
import type { Case } from './case.js'

const JUNK = 200_000
const REAL = 1000

/** 200,000 junk models, then a real one: memory, whether the real one has a series, whether the total is complete. */
export const flood: Case = async (name) => {
  const store = (await openLibrary(name)).openStore('usual')
  store.add(1, { model: 'gpt-4', endpoint: 'chat' })
  await store.page()
  const before = await settledBytes()
  let highest = before
  for (let i = 0; i < JUNK; i++) {
    store.add(1, { model: `junk-${i}`, endpoint: 'chat' })
    if (i % 10_000 === 0) highest = Math.max(highest, heldBytes())
  }
  for (let i = 0; i < REAL; i++) store.add(1, { model: 'gpt-5', endpoint: 'chat' })
  const after = await settledBytes()

  const from = performance.now()
  const written = await store.page()
  const pageMs = performance.now() - from
  const samples = written
    .text()
    .split('\n')
    .filter((line) => line.startsWith('bench_events_total{'))
  const sampleOf = (line: string): number =>
    Number(
      line
        .slice(line.lastIndexOf('}') + 1)
        .trim()
        .split(' ')[0],
    )
  const real = samples.find((line) => line.includes('model="gpt-5"'))
  return {
    heldMiB: (after - before) / 2 ** 20,
    highestMiB: (highest - before) / 2 ** 20,
    seen: real !== undefined && sampleOf(real) === REAL ? 1 : 0,
    exact: samples.reduce((sum, line) => sum + sampleOf(line), 0) === JUNK + REAL + 1 ? 1 : 0,
    series: samples.length,
    pageMs,
  }
}
