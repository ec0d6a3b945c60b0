import { expect, it } from 'vitest'
import { fakeReading, fakeRecorder } from '../fixtures/readings.js'
import { catalogPage } from './families/catalog-page.js'
import { createPace } from './pace.js'
import { negotiateFormat } from './serving/negotiate.js'
import { createPage } from './writing/page.js'

const series = Array.from({ length: 1000 }, (_, i) => ({ values: [`v${i}`], data: [i] }))
const thousand = () => fakeReading('g', { kind: 'gauge', help: 'h', labels: { x: 'name' } }, series)

/** A clock that advances by a millisecond at each reading, and a counter of the turns waited for. */
function slowClock(budgetMs: number) {
  const pace = { turns: 0, looks: 0 }
  return {
    counts: pace,
    options: {
      budgetMs,
      now: () => pace.looks++,
      later: (run: () => void) => {
        pace.turns++
        setImmediate(run)
      },
    },
  }
}

it.each(['text/plain', 'application/openmetrics-text', 'application/vnd.google.protobuf'])(
  'a long family in %s is written in many slices, with a turn of the event loop between any two',
  async (accept) => {
    const { counts, options } = slowClock(5)
    await createPage(catalogPage(fakeRecorder(thousand())), { pace: options }).render({
      format: negotiateFormat(accept),
    })
    // 1,000 series, 8 per clock check, 5 checks per slice: 25 slices.
    expect(counts.turns).toBeGreaterThanOrEqual(24)
    expect(counts.turns).toBeLessThanOrEqual(28)
  },
)

it('slices do not change the bytes of a page', async () => {
  const sliced = await createPage(catalogPage(fakeRecorder(thousand())), { pace: slowClock(1).options }).render()
  const whole = await createPage(catalogPage(fakeRecorder(thousand())), { pace: { budgetMs: 1e9 } }).render()
  expect(sliced.text()).toBe(whole.text())
})

it('of several pages in progress, one gets a slice per turn', async () => {
  const turns: string[] = []
  const later = (run: () => void) =>
    setImmediate(() => {
      turns.push('|')
      run()
    })
  const work = async (name: string) => {
    const pace = createPace({ later })
    for (let slice = 0; slice < 3; slice++) {
      await pace.pause()
      turns.push(name)
    }
  }
  await Promise.all([work('a'), work('b')])
  expect(turns.join('')).toBe('|a|b|a|b|a|b')
})

it('waits for a later turn without setImmediate', async () => {
  const { setImmediate: original } = globalThis
  const order: string[] = []
  try {
    Reflect.set(globalThis, 'setImmediate', undefined)
    const pause = createPace()
      .pause()
      .then(() => order.push('later'))
    await Promise.resolve()
    order.push('now')
    await pause
  } finally {
    globalThis.setImmediate = original
  }
  expect(order).toEqual(['now', 'later'])
})
