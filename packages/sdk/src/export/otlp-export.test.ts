import { toPrometheusName } from '@quipu/catalog/builtin'
import { createRecorder, type Recorder } from '@quipu/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodePartialSuccess } from '../../../otlp/fixtures/otlp-proto.js'
import { type OtlpReceiver, type ReceivedPoint, startOtlpReceiver } from '../../../otlp/fixtures/otlp-receiver.js'
import { boundText, sampleKey, samplesOf } from '../../fixtures/page-points.js'
import type { OtlpOptions } from '../configuration/start-options.js'
import type { Quipu } from '../lifecycle/quipu.js'
import { start } from '../start.js'

let receiver: OtlpReceiver
let recorder: Recorder
let quipu: Quipu | undefined

beforeEach(async () => {
  receiver = await startOtlpReceiver()
  recorder = createRecorder()
})
afterEach(async () => {
  await quipu?.shutdown()
  quipu = undefined
  await receiver.close()
})

function startTo(otlp: OtlpOptions = {}, rest: { shutdownTimeoutMs?: number } = {}): Quipu {
  quipu = start({ recorder, otlp: { url: receiver.url, ...otlp }, exitHooks: false, ...rest })
  return quipu
}

function recordSomeOfEach(): void {
  recorder.trackUserAction('export_report')
  recorder.trackSessionStart('a')
  recorder.updateWorkspaceSize('user-42', 1_048_576)
  recorder.recordAnalysisComplexity('threat_model', 7)
  recorder.withFeature('threat_analysis', () => 'ok')
  const call = recorder.startLlmCall({ model: 'gpt-4', endpoint: 'chat', provider: 'openai' })
  call.output('größer')
  call.usage({ inputTokens: 120, outputTokens: 30 })
  call.end()
}

const catalogPoints = (points: readonly ReceivedPoint[]) =>
  points.filter(({ scope }) => /^quipu\.(?!self$|semconv$)/.test(scope))

/** The samples on a page for a point. */
function samplesFor(point: ReceivedPoint): readonly (readonly [string, number])[] {
  const reading = recorder.readings().find(({ otlpName, scope }) => otlpName === point.name && scope === point.scope)
  expect(reading, `${point.scope} ${point.name} is of the catalogue`).toBeDefined()
  if (reading?.spec.exportTo !== undefined && !reading.spec.exportTo.includes('prometheus')) return []
  const name = reading?.prometheusName ?? toPrometheusName(point.name, 'counter', '')
  const pairs = Object.entries(point.attributes).map(([key, value]) => `${key.replace(/\W/g, '_')}=${value}`)
  if (point.value !== undefined) return [[sampleKey(name, pairs), point.value]]
  const totals = [
    [sampleKey(`${name}_count`, pairs), point.count ?? Number.NaN],
    [sampleKey(`${name}_sum`, pairs), point.sum ?? Number.NaN],
  ] as const
  if (reading?.spec.kind === 'summary') return totals
  let seen = 0
  const buckets = (point.bucketCounts ?? []).map((count, i) => {
    seen += count
    return [sampleKey(`${name}_bucket`, [...pairs, `le=${boundText(point.bounds?.[i])}`]), seen] as const
  })
  return [...totals, ...buckets]
}

test.each([
  ['http/json', 'none', 'application/json'],
  ['http/json', 'gzip', 'application/json'],
  ['http/protobuf', 'none', 'application/x-protobuf'],
  ['http/protobuf', 'gzip', 'application/x-protobuf'],
] as const)(
  'every point over %s (%s) is on the page, and every sample of the page is a point',
  async (protocol, compression, contentType) => {
    startTo({ protocol, compression, headers: { 'x-scope-orgid': 'team' } })
    recordSomeOfEach()
    const outcome = await quipu!.flush()
    const page = samplesOf(await quipu!.page('custom_metrics'))
    const [request] = receiver.requests

    expect(request).toMatchObject({ path: '/v1/metrics' })
    expect(request!.headers).toMatchObject({ 'content-type': contentType, 'x-scope-orgid': 'team' })
    expect(outcome).toMatchObject({ delivered: request!.points.length, held: 0, dropped: 0, errors: [] })

    const sent = new Map(catalogPoints(request!.points).flatMap(samplesFor))
    expect(sent.size).toBeGreaterThan(40)
    for (const [key, value] of sent) expect([key, page.get(key)]).toEqual([key, value])
    // Metrics of users are on pages only. The receiver of this test is a server of this process, so its requests are
    // counted as well.
    const pageOnly = /^(?:quipu_|aki_active_users|app_request)/
    const onPage = [...page].filter(([key]) => !pageOnly.test(key))
    expect(onPage.filter(([key]) => !sent.has(key))).toEqual([])
  },
)

test('the size of a completion is a summary on the page and a histogram without bounds over OTLP', async () => {
  startTo()
  recordSomeOfEach()
  await quipu!.flush()
  const point = receiver.requests[0]!.points.find(({ name }) => name === 'llm_completion_size_bytes')
  expect(point).toMatchObject({
    kind: 'histogram',
    count: 1,
    sum: 8,
    bucketCounts: [1],
    attributes: { model: 'gpt-4' },
  })
  expect(point!.bounds ?? []).toEqual([])
})

test('Aki’s metrics keep their names, in their own scope', async () => {
  startTo()
  recordSomeOfEach()
  await quipu!.flush()
  const names = receiver.requests[0]!.points.filter(({ scope }) => scope === 'quipu.aki').map(({ name }) => name)
  expect(names).toContain('user_action')
  expect(names).toContain('token_input')
})

test('two exports of a process are cumulative; with delta each export has the new values', async () => {
  startTo({ temporality: 'delta' })
  const actions = () =>
    receiver.requests.map(({ points }) => points.find(({ name }) => name === 'user_action_total')?.value)
  recorder.metrics.user_action_total.add(3, { action_type: 'a' })
  await quipu!.flush()
  recorder.metrics.user_action_total.add(2, { action_type: 'a' })
  await quipu!.flush()
  expect(actions()).toEqual([3, 2])
  const sums = receiver.requests.flatMap(({ points }) => points).filter(({ name }) => name === 'user_action_total')
  expect(sums.map(({ temporality }) => temporality)).toEqual([1, 1])
  expect(sums.every(({ startNano, timeNano }) => startNano <= timeNano)).toBe(true)
})

test('the standard metrics are part of the same request', async () => {
  startTo()
  await quipu!.flush()
  expect(receiver.requests[0]!.points.map(({ name }) => name)).toContain('process.memory.usage')
})

test('the resource has the service and the attributes from code, never the command line or the user', async () => {
  quipu = start({
    recorder,
    serviceName: 'securetrack',
    resource: { 'deployment.environment.name': 'test' },
    otlp: { url: receiver.url },
    exitHooks: false,
  })
  await quipu.flush()
  const { resource } = receiver.requests[0]!
  expect(resource).toMatchObject({ 'service.name': 'securetrack', 'deployment.environment.name': 'test' })
  expect(resource['service.instance.id']).toMatch(/^[0-9a-f-]{36}$/)
  const keys = Object.keys(resource)
  expect(keys.filter((key) => /owner|command|executable|host/.test(key))).toEqual([])
})

test('a URL with a path is used unchanged', async () => {
  startTo({ url: `${receiver.url}/api/v2/otlp/v1/metrics?tenant=7` })
  await quipu!.flush()
  expect(receiver.requests[0]!.path).toBe('/api/v2/otlp/v1/metrics?tenant=7')
})

test('exports run automatically at their interval', async () => {
  startTo({ intervalMs: 20 })
  recorder.trackUserAction('late')
  const request = await receiver.waitFor(({ points }) =>
    points.some(({ attributes }) => attributes.action_type === 'late'),
  )
  expect(request.points.length).toBeGreaterThan(0)
})

test('an export over the size limit of a back end is sent in several requests', async () => {
  startTo({ maxPointsPerRequest: 10 })
  recordSomeOfEach()
  const outcome = await quipu!.flush()
  expect(receiver.requests.length).toBeGreaterThan(2)
  expect(Math.max(...receiver.requests.map(({ points }) => points.length))).toBeLessThanOrEqual(10)
  expect(outcome.delivered).toBe(receiver.requests.flatMap(({ points }) => points).length)
})

test.each([
  ['http/protobuf', () => encodePartialSuccess(2, 'too old')],
  ['http/json', () => JSON.stringify({ partialSuccess: { rejectedDataPoints: '2', errorMessage: 'too old' } })],
] as const)('points that a back end rejects within a success are counted (%s)', async (protocol, body) => {
  receiver.reply = () => ({ status: 200, body: body() })
  startTo({ protocol })
  const outcome = await quipu!.flush()
  expect(outcome).toMatchObject({ delivered: receiver.requests[0]!.points.length - 2, dropped: 2 })
  expect(outcome.errors.map(String).join()).toContain('too old')
  expect(await selfMetric('quipu_exports_total exporter=otlp outcome=partial')).toBe(1)
  expect(await selfMetric('quipu_export_points_total exporter=otlp outcome=rejected')).toBe(2)
})

test.each([400, 401, 404, 500])(
  'a response of %i is final: the points are dropped and the next export starts again',
  async (status) => {
    let count = 0
    receiver.reply = (i) => {
      count = i + 1
      return i === 0 ? { status, body: 'x-api-key=secret is wrong' } : { status: 200 }
    }
    startTo()
    const refused = await quipu!.flush()
    expect(count).toBe(1)
    expect(refused).toMatchObject({ delivered: 0, held: 0 })
    expect(refused.dropped).toBeGreaterThan(0)
    expect(refused.errors.map(String)).toEqual([`Error: the back end answered ${status}`])
    expect((await quipu!.flush()).delivered).toBeGreaterThan(0)
  },
)

test.each([429, 502, 503, 504])('%i is retried after the time that the back end requests', async (status) => {
  receiver.reply = (i) => (i === 0 ? { status, headers: { 'retry-after': '0' } } : { status: 200 })
  startTo()
  expect(await quipu!.flush()).toMatchObject({ dropped: 0, held: 0, errors: [] })
  expect(receiver.requests).toHaveLength(1)
  expect(await selfMetric('quipu_exports_total exporter=otlp outcome=retried')).toBe(1)
  expect(await selfMetric('quipu_exports_total exporter=otlp outcome=success')).toBe(1)
})

/** Longer than the time limit of an export, which therefore does not wait for a retry. */
const notSoon = { status: 503, headers: { 'retry-after': '3600' } }

test('delta points of an outage arrive after it, each once and with its own time', async () => {
  let isAway = true
  receiver.reply = () => (isAway ? notSoon : { status: 200 })
  startTo({ temporality: 'delta' })
  recorder.metrics.user_action_total.add(1, { action_type: 'a' })
  const first = await quipu!.flush()
  recorder.metrics.user_action_total.add(10, { action_type: 'a' })
  const second = await quipu!.flush()
  expect(first.held).toBeGreaterThan(0)
  expect(second).toMatchObject({ delivered: 0, dropped: 0 })
  expect(second.held).toBeGreaterThan(first.held)

  isAway = false
  recorder.metrics.user_action_total.add(100, { action_type: 'a' })
  const third = await quipu!.flush()
  const arrived = receiver.requests.flatMap(({ points }) => points.filter(({ name }) => name === 'user_action_total'))
  expect(arrived.map(({ value }) => value)).toEqual([1, 10, 100])
  expect(arrived.map(({ timeNano }) => timeNano)).toEqual([...arrived.map(({ timeNano }) => timeNano)].sort())
  expect(third).toMatchObject({
    held: 0,
    dropped: 0,
    delivered: receiver.requests.flatMap(({ points }) => points).length,
  })
})

test('cumulative points of an outage are in the next export, without loss and without a backlog', async () => {
  let isAway = true
  receiver.reply = () => (isAway ? notSoon : { status: 200 })
  startTo()
  recorder.metrics.user_action_total.add(1, { action_type: 'a' })
  const first = await quipu!.flush()
  expect(first).toMatchObject({ delivered: 0, dropped: 0 })
  expect(first.held).toBeGreaterThan(0)
  isAway = false
  recorder.metrics.user_action_total.add(10, { action_type: 'a' })
  expect(await quipu!.flush()).toMatchObject({ held: 0, dropped: 0, errors: [] })
  const arrived = receiver.requests.flatMap(({ points }) => points.filter(({ name }) => name === 'user_action_total'))
  expect(arrived.map(({ value }) => value)).toEqual([11])
})

async function selfMetric(key: string): Promise<number | undefined> {
  return samplesOf(await quipu!.page('custom_metrics')).get(key)
}
