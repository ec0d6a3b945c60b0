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
  // Point by point: what was exported is there, or counted; and both ends count the same.
  expect({ sequence, held: way.sender.held(), sum: delivered + dropped }).toEqual({
    sequence,
    held: 0,
    sum: way.exported(),
  })
  expect([delivered, dropped]).toEqual([server.arrived.length, server.rejected.length])
  // And value by value.
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
  // Whatever was lost on the way, the last export says it all.
  expect(actionsIn(latest(server.arrived))).toBe(recorded)
  expect(durationsIn(latest(server.arrived))).toBe(recorded)
  await way.sender.shutdown()
}

test.each(faults)('cumulative: after "%s" the next export says it all', (fault) => checkCumulative([fault, fault]))
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
    // Without a spool the end of the process is the end of them.
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
