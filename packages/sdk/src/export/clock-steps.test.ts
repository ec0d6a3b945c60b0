import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type OtlpReceiver, type ReceivedPoint, startOtlpReceiver } from '../../../otlp/fixtures/otlp-receiver.js'
import { type AppFolder, createAppFolder } from '../../fixtures/run-node.js'
import { steppedClock } from '../../fixtures/stepped-clock.js'

let apps: AppFolder
let receiver: OtlpReceiver

const app = `
import { createServer, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
const { start, trackUserAction, withFeature, logMetric } = await import('@quipu/sdk')
const { URL, TEMPORALITY, PROTOCOL, DIRECTORY, STEPS } = process.env
const quipu = start({
  otlp: { url: URL, temporality: TEMPORALITY, protocol: PROTOCOL, timeoutMs: 3000, ...(DIRECTORY && { spool: { directory: DIRECTORY } }) },
  activityLog: { enabled: true, sink: false, otlp: true },
  shutdownTimeoutMs: 5000,
})
const server = createServer((request, response) => response.end('answered')).listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const ask = () => new Promise((resolve) =>
  get({ port: server.address().port, host: '127.0.0.1', agent: false }, (response) => response.resume().on('end', resolve)))
const startedAt = performance.now()
for (const step of JSON.parse(STEPS)) {
  trackUserAction('stepped')
  await ask()
  await withFeature('threat_analysis', async () => {
    await sleep(20)
    stepClock(step)
    await sleep(20)
  })
  logMetric('error', null, { error_type: 'timeout' })
  // With a back end that requests a retry, by seconds and by date.
  await quipu.flush()
}
const took = performance.now() - startedAt
server.close()
const { delivered, held, dropped } = await quipu.shutdown()
console.log(JSON.stringify({ took, delivered, held, dropped }))
`

beforeAll(async () => {
  apps = await createAppFolder()
  apps.write('clock.cjs', steppedClock)
  apps.write('app.mjs', app)
}, 120_000)
afterAll(() => apps?.remove())
beforeEach(async () => {
  receiver = await startOtlpReceiver()
})
afterEach(() => receiver.close())

const HOUR = 3_600_000
/** AGGREGATION_TEMPORALITY_DELTA in opentelemetry-proto. */
const DELTA = 1
const label = ({ name, attributes }: ReceivedPoint): string => `${name} ${JSON.stringify(attributes)}`

test.each([
  ['delta', 'http/protobuf', [HOUR, -HOUR, -HOUR, HOUR]],
  ['cumulative', 'http/json', [HOUR, -HOUR, -HOUR, HOUR]],
  ['delta', 'http/json', [-HOUR, HOUR, HOUR, -HOUR]],
  ['cumulative', 'http/protobuf', [-HOUR, -HOUR, HOUR, HOUR]],
] as const)(
  '%s over %s: when the wall clock is set by an hour and back, no point ends before it starts and no retry waits an hour',
  { timeout: 60_000 },
  async (temporality, protocol, steps) => {
    let asked = 0
    // Every fourth request is delayed: by seconds, and by a date that is correct on the receiver's clock.
    receiver.reply = () => {
      const turn = asked++ % 8
      if (turn === 1) return { status: 503, headers: { 'retry-after': '0' } }
      if (turn === 5) return { status: 429, headers: { 'retry-after': new Date().toUTCString() } }
      return { status: 200 }
    }
    const { stdout, stderr, code } = await apps.run('app.mjs', {
      args: ['--require', `${apps.path}/clock.cjs`],
      env: {
        URL: receiver.url,
        TEMPORALITY: temporality,
        PROTOCOL: protocol,
        STEPS: JSON.stringify(steps),
        DIRECTORY: `${apps.path}/spool-${temporality}`,
      },
    })
    expect(code).toBe(0)
    // A date has whole seconds: sometimes it is too late for this export.
    expect(stderr).toMatch(/^(?:quipu: the export of [a-z ]+ to \S+ failed: the back end answered 429\. .*\n){0,2}$/)
    const outcome: { took: number; delivered: number; held: number; dropped: number } = JSON.parse(stdout)
    expect(outcome).toMatchObject({ held: 0, dropped: 0 })
    // Four rounds of about 50 ms, and retries of a second at most: no export waits an hour or until its time limit.
    expect(outcome.took).toBeLessThan(15_000)

    const points = receiver.requests.flatMap((request) => request.points)
    const backwards = points.filter(({ startNano, timeNano, kind }) => kind !== 'gauge' && timeNano < startNano)
    expect(backwards.map(label)).toEqual([])
    const far = points.filter(
      ({ timeNano }) => Math.abs(Number(timeNano / 1_000_000n) - Date.now()) > 2 * HOUR + 60_000,
    )
    expect(far.map(label)).toEqual([])

    // A cumulative series has one start; a delta starts where the last one of its series ended.
    const series = new Map<string, ReceivedPoint[]>()
    for (const point of points) {
      if (point.kind === 'gauge') continue
      const name = `${point.scope} ${label(point)}`
      series.set(name, [...(series.get(name) ?? []), point])
    }
    for (const [name, ofSeries] of series) {
      const [first] = ofSeries
      if (first?.temporality !== DELTA) expect(new Set(ofSeries.map(({ startNano }) => startNano)).size, name).toBe(1)
      for (const [i, { startNano, timeNano }] of ofSeries.entries()) {
        const last = ofSeries[i - 1]
        expect(timeNano, name).toBeGreaterThan(last?.timeNano ?? 0n)
        if (first?.temporality === DELTA) expect(startNano, name).toBeGreaterThanOrEqual(last?.timeNano ?? 0n)
      }
    }
    const actions = points.filter(({ attributes }) => attributes.action_type === 'stepped')
    if (temporality === 'delta') {
      expect(actions.slice(1).map(({ startNano }) => startNano)).toEqual(
        actions.slice(0, -1).map(({ timeNano }) => timeNano),
      )
    }
    const values = actions.map(({ value = 0 }) => value)
    expect(temporality === 'delta' ? values.reduce((a, b) => a + b, 0) : Math.max(...values)).toBe(steps.length)
    // At least 40 ms and never an hour.
    const durations = points.filter(
      ({ name }) => name === 'feature_duration_seconds' || name.includes('feature.duration'),
    )
    expect(durations.length).toBeGreaterThan(0)
    for (const { sum = 0, count = 0 } of durations) {
      expect(sum / count).toBeGreaterThanOrEqual(0.035)
      expect(sum / count).toBeLessThan(10)
    }
    const requests = points.filter(({ name }) => name === 'http.server.request.duration')
    for (const { sum = 0 } of requests) expect(sum).toBeLessThan(10)
    expect(requests.length).toBeGreaterThan(0)
    expect(receiver.requests.flatMap(({ logs }) => logs).filter(({ eventName }) => eventName === 'error')).toHaveLength(
      steps.length,
    )
  },
)
