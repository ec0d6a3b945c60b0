import { hostileInputs } from '../hostile-inputs.js'
import { openLibrary } from '../libraries/open-library.js'
import type { Case } from './case.js'

/** Hostile calls on a counter, a histogram and a gauge: number of errors, and whether the page still renders. */
export const hostile: Case = async (name) => {
  const store = (await openLibrary(name)).openStore('usual')
  let calls = 0
  let thrown = 0
  for (const record of [store.add, store.record, store.set]) {
    for (const { value, labels } of hostileInputs) {
      const made = [value(), labels()] as const
      calls++
      try {
        record(made[0], made[1])
      } catch {
        thrown++
      }
    }
  }
  store.add(1, { model: 'gpt-5', endpoint: 'chat' })
  const page = await store.page().then(
    (written) => written.text(),
    () => '',
  )
  const seen = page.split('\n').some((line) => /^bench_events_total\{[^}]*model="gpt-5"[^}]*\} 1(?: |$)/.test(line))
  return { calls, thrown, pageSeen: seen ? 1 : 0 }
}
