import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Fault, type FaultServer, faults, outages, startFaultServer } from '../../fixtures/fault-server.js'
import type { ReceivedPoint } from '../../fixtures/otlp-receiver.js'
import { createWay } from '../../fixtures/otlp-way.js'
import type { SpoolSettings } from '../spool/spool.js'

let server: FaultServer
let directory: string
beforeEach(async () => {
  server = await startFaultServer()
  directory = mkdtempSync(join(tmpdir(), 'quipu-faults-'))
})
afterEach(async () => {
  await server.close()
  rmSync(directory, { recursive: true, force: true })
})

const actionsIn = (points: readonly ReceivedPoint[]): number =>
  points.filter(({ name }) => name === 'user_action_total').reduce((sum, { value = 0 }) => sum + value, 0)
const durationsIn = (points: readonly ReceivedPoint[]): number =>
  points.filter(({ name }) => name === 'llm_request_duration_seconds').reduce((all, { sum = 0 }) => all + sum, 0)

/** The last value of each series. */
function latest(points: readonly ReceivedPoint[]): readonly ReceivedPoint[] {
  return [...new Map(points.map((point) => [`${point.name} ${JSON.stringify(point.attributes)}`, point])).values()]
}

/** One export under each fault, then one without. */
async function run(way: ReturnType<typeof createWay>, sequence: readonly Fault[]): Promise<number> {
  let recorded = 0
  for (const [i, fault] of [...sequence, 'none' as const].entries()) {
    await server.become(fault)
    way.record(i + 1)
    recorded += i + 1
    await way.export()
  }
  return recorded
}

const someFaults = fc.array(fc.constantFrom(...faults), { minLength: 1, maxLength: 6 })
const someOutages = fc.array(fc.constantFrom(...outages), { minLength: 1, maxLength: 6 })

async function checkDelta(sequence: readonly Fault[], spool?: SpoolSettings): Promise<void> {
  server.arrived.length = 0
  server.rejected.length = 0
  const way = createWay(server.url, 'delta', spool)
  const recorded = await run(way, sequence)
  const { delivered, dropped } = way.ledger.totals
  // Every exported point has arrived or is counted as dropped, and both sides have the same counts.
  expect({ sequence, held: way.sender.held(), sum: delivered + dropped }).toEqual({
    sequence,
    held: 0,
    sum: way.exported(),
  })
  expect([delivered, dropped]).toEqual([server.arrived.length, server.rejected.length])
  // Compares values as well.
  expect(actionsIn(server.arrived) + actionsIn(server.rejected)).toBe(recorded)
  expect(durationsIn(server.arrived) + durationsIn(server.rejected)).toBe(recorded)
  if (sequence.every((fault) => outages.includes(fault))) expect(dropped).toBe(0)
  const times = server.arrived.map(({ timeNano }) => timeNano)
  expect(times).toEqual([...times].sort((a, b) => Number(a - b)))
  await way.sender.shutdown()
}

test.each(faults)('delta: under "%s" every point has arrived or is counted as dropped', (fault) =>
  checkDelta([fault, fault]),
)
test.each(faults)('delta with a spool: under "%s" every point has arrived or is counted as dropped', async (fault) => {
  await checkDelta([fault, fault], { directory, maxBytes: 1e6, maxAgeMs: 1e6 })
  expect(readdirSync(join(directory, 'metrics'))).toEqual([])
})
test(
  'delta: after any sequence of faults recorded = arrived + dropped',
  () =>
    fc.assert(
      fc.asyncProperty(someFaults, (sequence) => checkDelta(sequence)),
      { numRuns: 12 },
    ),
  60_000,
)
test(
  'delta with a spool: after any sequence of faults recorded = arrived + dropped',
  () =>
    fc.assert(
      fc.asyncProperty(someFaults, (sequence) => checkDelta(sequence, { directory, maxBytes: 1e6, maxAgeMs: 1e6 })),
      { numRuns: 12 },
    ),
  60_000,
)
test(
  'delta: after any outage nothing is lost',
  () =>
    fc.assert(
      fc.asyncProperty(someOutages, (sequence) => checkDelta(sequence)),
      { numRuns: 10 },
    ),
  60_000,
)

async function checkCumulative(sequence: readonly Fault[], spool?: SpoolSettings): Promise<void> {
  server.arrived.length = 0
  server.rejected.length = 0
  const way = createWay(server.url, 'cumulative', spool)
  const recorded = await run(way, sequence)
  expect({ sequence, held: way.sender.held() }).toEqual({ sequence, held: 0 })
  expect(way.ledger.totals.delivered).toBe(server.arrived.length)
  expect(way.ledger.totals.dropped).toBe(server.rejected.length)
  // The last export contains all values, after any losses.
  expect(actionsIn(latest(server.arrived))).toBe(recorded)
  expect(durationsIn(latest(server.arrived))).toBe(recorded)
  await way.sender.shutdown()
}

test.each(faults)('cumulative: after "%s" the next export contains all values', (fault) =>
  checkCumulative([fault, fault]),
)
test(
  'cumulative: after any sequence of faults nothing is lost',
  () =>
    fc.assert(
      fc.asyncProperty(someFaults, (sequence) => checkCumulative(sequence)),
      { numRuns: 12 },
    ),
  60_000,
)
test('cumulative with a spool: after any sequence of faults nothing is lost, and nothing is left on disk', async () => {
  const spool = { directory, maxBytes: 1e6, maxAgeMs: 1e6 }
  await fc.assert(
    fc.asyncProperty(someFaults, (sequence) => checkCumulative(sequence, spool)),
    { numRuns: 12 },
  )
  expect(readdirSync(join(directory, 'metrics'))).toEqual([])
}, 60_000)

test.each(outages)('while "%s" lasts, the points are held', async (fault) => {
  for (const temporality of ['delta', 'cumulative'] as const) {
    const way = createWay(server.url, temporality)
    await server.become(fault)
    way.record(5)
    await way.export()
    expect(way.sender.held()).toBe(way.exported())
    expect(way.ledger.totals).toMatchObject({ delivered: 0, dropped: 0 })
    await way.sender.shutdown()
    // Without a spool, the points are lost at the end of the process.
    expect(way.ledger.totals).toMatchObject({ delivered: 0, dropped: way.exported() })
    expect(way.sender.held()).toBe(0)
  }
})

test('429 with Retry-After: the request is repeated when it is time, and not before', async () => {
  const way = createWay(server.url, 'delta')
  await server.become('429', { retryAfter: '0' })
  way.record(1)
  const done = way.export()
  await expect.poll(() => server.requests.length).toBeGreaterThan(1)
  await server.become('none')
  await done
  if (way.sender.held() > 0) await way.export()
  expect(actionsIn(server.arrived)).toBe(1)
})

test.each(['413', '400 too large'] as const)(
  'after "%s" requests are halved until they fit, nothing is lost, and the next ones fit at once',
  async (fault) => {
    for (const spool of [undefined, { directory, maxBytes: 1e6, maxAgeMs: 1e6 }]) {
      server.arrived.length = 0
      const way = createWay(server.url, 'delta', spool)
      await server.become(fault)
      way.record(1)
      await way.export()
      const before = server.refusedSizes()
      expect(before).toBeGreaterThan(1)
      way.record(2)
      await way.export()
      const exported = way.exported()
      expect(server.arrived).toHaveLength(exported)
      expect(actionsIn(server.arrived)).toBe(3)
      expect(way.ledger.totals).toMatchObject({ delivered: exported, dropped: 0 })
      // Its points are a little larger than those before.
      expect(server.refusedSizes() - before).toBeLessThanOrEqual(1)
      await way.sender.shutdown()
    }
  },
)

test('batches that waited on disk are halved too', async () => {
  const spool = { directory, maxBytes: 1e6, maxAgeMs: 1e6 }
  const first = createWay(server.url, 'delta', spool)
  await server.become('refuse')
  for (let i = 0; i < 3; i++) {
    first.record(1)
    await first.export()
  }
  await first.sender.shutdown()
  expect(first.sender.held()).toBe(first.exported())
  await server.become('413')
  const second = createWay(server.url, 'delta', spool)
  await second.sender.forceFlush()
  expect(actionsIn(server.arrived)).toBe(3)
  expect(second.ledger.totals).toMatchObject({ delivered: first.exported(), dropped: 0 })
  await second.sender.shutdown()
  expect(readdirSync(join(directory, 'metrics'))).toEqual([])
})

test('when cancelled, a batch in progress is counted as dropped, and no batch is held', async () => {
  const way = createWay(server.url, 'delta')
  await server.become('hang')
  way.record(1)
  const exporting = way.export()
  await expect.poll(() => server.requests.length).toBe(1)
  way.sender.abandon()
  expect(way.sender.held()).toBe(0)
  await exporting
  expect(way.ledger.totals).toMatchObject({ delivered: 0, dropped: way.exported() })
})

test('a back end that answers every request with 413 gets few requests, and everything is counted as dropped', async () => {
  const way = createWay(server.url, 'delta')
  await server.become('always 413')
  for (let i = 0; i < 100; i++) way.recorder.metrics.user_action_total.add(1, { action_type: `action-${i}` })
  way.record(1)
  await way.export()
  expect(way.exported()).toBeGreaterThan(60)
  expect(server.requests.length).toBeLessThan(25)
  way.record(1)
  await way.export()
  expect(server.requests.length).toBeLessThan(26)
  expect(way.ledger.totals).toMatchObject({ delivered: 0, dropped: way.exported() })
})
