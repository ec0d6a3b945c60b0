import { createRecorder, type Recorder } from '@quipu/core'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { observeRuntime } from './observe-runtime.js'

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

function observe(standard: readonly ('semconv' | 'prom_client')[]): Recorder {
  const recorder = createRecorder({ standard })
  stops.push(observeRuntime({ recorder }))
  return recorder
}

/** Values by metric and labels. */
function valuesOf(recorder: Recorder): Map<string, number | undefined> {
  return new Map(
    recorder
      .readings()
      .flatMap((reading) =>
        reading.cells().map((cell) => [[reading.otlpName, ...cell.values].join(' '), cell.data[cell.at]] as const),
      ),
  )
}

type Metrics = Awaited<ReturnType<Registry['getMetricsAsJSON']>>
type Labels = Metrics[number]['values'][number]['labels']

function keyOf(name: string, labels: Labels, labelNames: readonly string[]): string {
  return [name, ...labelNames.map((label) => labels[label as never])].join(' ')
}

/** The samples of a prom-client metric by the keys of Quipu's metrics. */
function samplesOf(metrics: Metrics) {
  return (name: string, labelNames: readonly string[]): Map<string, number> =>
    new Map(
      metrics
        .find((metric) => metric.name === name)
        ?.values.map(({ labels, value }) => [keyOf(name, labels, labelNames), value]),
    )
}

test('equals collectDefaultMetrics() of prom-client in the same process: names, types, labels, values', async () => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const recorder = observe(['prom_client'])
  globalThis.gc?.()
  const theirs = await registry.getMetricsAsJSON()
  const ours = recorder.readings().filter(({ spec }) => spec.vocabulary === 'prom_client')
  const values = valuesOf(recorder)
  // The heap can grow at any moment: a value lies between those that prom-client reads before and after it.
  const later = samplesOf(await registry.getMetricsAsJSON())
  expect(ours.map(({ prometheusName, spec }) => `${prometheusName} ${spec.kind}`).sort()).toEqual(
    theirs.map(({ name, type }) => `${name} ${type}`).sort(),
  )
  const earlier = samplesOf(theirs)
  for (const { name, values: samples } of theirs) {
    const reading = ours.find((one) => one.prometheusName === name)
    const labelNames = reading?.labelNames ?? []
    for (const { labels } of samples) {
      const names = Object.keys(labels).filter((label) => label !== 'le')
      expect([name, [...labelNames].sort()]).toEqual([name, names.sort()])
      // These change slowly or not at all.
      const isSteady = /^process_(start|max|cpu)|version|heap_space_size_total|resident/.test(name)
      if (!isSteady) continue
      const key = keyOf(name, labels, labelNames)
      const bounds = [earlier, later].map((read) => read(name, labelNames).get(key) ?? Number.NaN)
      const value = values.get(key) ?? Number.NaN
      const isBetween = value >= Math.min(...bounds) * 0.9 - 1 && value <= Math.max(...bounds) * 1.1 + 1
      expect([key, isBetween]).toEqual([key, true])
    }
  }
})

test('OpenTelemetry’s metrics of a process and its runtime have plausible values', () => {
  const values = valuesOf(observe(['semconv']))
  expect(values.get('process.cpu.time user')).toBeGreaterThan(0)
  expect(values.get('process.memory.usage')).toBeGreaterThan(1e6)
  expect(values.get('process.uptime')).toBeGreaterThan(0)
  expect(values.get('v8js.memory.heap.used old_space')).toBeGreaterThan(1e5)
  expect(values.get('nodejs.eventloop.time active')).toBeGreaterThan(0)
  expect([...values.keys()].filter((key) => /^(?:process|nodejs)_/.test(key))).toEqual([])
})

test('a sum has its current value after any number of readings, and continues after a stop', () => {
  const recorder = observe(['semconv'])
  const first = valuesOf(recorder).get('process.memory.usage') ?? 0
  expect(valuesOf(recorder).get('process.memory.usage')).toBeLessThan(first * 1.5)
  for (const stop of stops.splice(0)) stop()
  stops.push(observeRuntime({ recorder }))
  expect(valuesOf(recorder).get('process.memory.usage')).toBeLessThan(first * 1.5)
  expect(valuesOf(recorder).get('process.cpu.time user')).toBeLessThan(process.cpuUsage().user / 1e6 + 1)
})

test('nothing is sampled without an enabled vocabulary', () => {
  const recorder = createRecorder({ standard: [] })
  stops.push(observeRuntime({ recorder }))
  expect([...valuesOf(recorder).keys()].filter((key) => /^(?:process|nodejs|v8js)/.test(key))).toEqual([])
})
