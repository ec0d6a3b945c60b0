import { MetricLogProcessor } from '@quipu/activity-log'
import { createRecorder } from '@quipu/core'
import { equal, ok } from './checks.mjs'

const DELTA = 0
const CUMULATIVE = 1

function record() {
  const recorder = createRecorder()
  recorder.trackUserAction('export_report')
  recorder.withFeature('search', () => 1)
  recorder.metrics.app_active_sessions.set(3)
  return recorder
}

/** The points of one metric by a label, in any scope. */
function pointsOf({ resourceMetrics }, name) {
  const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
  return metrics.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []
}

const actions = (collected) => pointsOf(collected, 'user_action_total').map(({ value }) => value)

/** Values exported through OpenTelemetry's extension points equal the recorded values. */
export async function otelChecks({ check }, { metrics: sdk, logs }) {
  await check('a producer gives what was recorded', async () => {
    const recorder = record()
    const cumulative = recorder.producer()
    const delta = recorder.producer({ temporality: 'delta' })
    equal(actions(await cumulative.collect()), [1])
    equal(actions(await delta.collect()), [1])
    recorder.trackUserAction('export_report')
    equal(actions(await cumulative.collect()), [2])
    equal(actions(await delta.collect()), [1])
    const [point] = pointsOf(await cumulative.collect(), 'feature_duration_seconds')
    equal(point.value.count, 1)
    ok(point.endTime[0] >= point.startTime[0] && point.startTime[0] > 1_700_000_000, 'times are those of a wall clock')
  })
  if (sdk !== undefined) await metricSdkChecks(check, sdk)
  if (logs !== undefined) await logSdkChecks(check, logs)
}

async function metricSdkChecks(check, sdk) {
  const exporter = () => new sdk.InMemoryMetricExporter(CUMULATIVE)
  const readerOf = (options) => new sdk.PeriodicExportingMetricReader({ exportIntervalMillis: 60_000, ...options })

  await check('the SDK exports what a producer gives', async () => {
    const recorder = record()
    const memory = exporter()
    const reader = readerOf({ exporter: memory, metricProducers: [recorder.producer({ temporality: 'delta' })] })
    const provider = new sdk.MeterProvider({ readers: [reader] })
    await provider.forceFlush()
    recorder.trackUserAction('export_report')
    await provider.forceFlush()
    const exports = memory.getMetrics().map((resourceMetrics) => ({ resourceMetrics }))
    equal(exports.map(actions), [[1], [1]])
    const all = exports[0].resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
    const { aggregationTemporality } = all.find(({ descriptor }) => descriptor.name === 'user_action_total')
    equal(aggregationTemporality, DELTA)
    await provider.shutdown()
  })
  await check('a provider whose readers we cannot touch exports what was recorded', async () => {
    const recorder = record()
    const memory = exporter()
    const provider = new sdk.MeterProvider({ readers: [readerOf({ exporter: memory })] })
    const detach = recorder.attach(provider)
    recorder.trackUserAction('export_report')
    await provider.forceFlush()
    equal(actions({ resourceMetrics: memory.getMetrics()[0] }), [2])
    detach()
    await provider.shutdown()
  })
}

async function logSdkChecks(check, { LoggerProvider }) {
  await check('activity events among log records become lines', async () => {
    const lines = []
    const sink = (line) => void lines.push(line)
    const recorder = createRecorder()
    const provider = new LoggerProvider({ processors: [new MetricLogProcessor({ sink, recorder, enabled: true })] })
    const logger = provider.getLogger('app')
    const attributes = { 'user.name': 'user@example.com', tool_name: 'calculator', arguments: 'a secret' }
    logger.emit({ eventName: 'tool_call', attributes })
    logger.emit({ eventName: 'something.else', body: 'not ours' })
    await provider.forceFlush()
    equal(lines, ['[METRIC] [user@example.com] tool_call tool_name=calculator'])
    await provider.shutdown()
  })
}
