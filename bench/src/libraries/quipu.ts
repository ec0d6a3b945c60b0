import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { defineMetrics } from '@quipu/catalog'
import { createRecorder } from '@quipu/core'
import { catalogPage, createPage } from '@quipu/prometheus'
import type { Call, Library, MetricStore, StoreSize } from '../library.js'
import { durationOf, endpointOf, modelOf, statusOf } from '../workload.js'
import { catalog } from './catalog.js'

const limits = { large: { seriesPerMetric: 20_000, valuesPerLabel: 20_000 }, usual: {} }

function openRecorder(size: StoreSize = 'usual') {
  // The real model among the junk is allow-listed, as an application's own models would be.
  return createRecorder({ catalog, limits: limits[size], allow: { model: ['gpt-5'] } })
}

class CollectingReader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

/** The built Quipu: an isolated recorder and the page of its catalogue. */
export const library: Library = {
  recording: {
    add2() {
      const { bench_two_total: counter } = openRecorder().metrics
      return (i) => counter.add(1, { model: modelOf(i), endpoint: endpointOf(i) })
    },
    add3() {
      const { bench_three_total: counter } = openRecorder().metrics
      return (i) =>
        counter.add(1, {
          model: modelOf(i),
          endpoint: endpointOf(i),
          status: statusOf(i),
        })
    },
    record2() {
      const { bench_duration_seconds: histogram } = openRecorder().metrics
      return (i) =>
        histogram.record(durationOf(i), {
          model: modelOf(i),
          endpoint: endpointOf(i),
        })
    },
    handleAdd() {
      const handle = openRecorder().metrics.bench_two_total.with({ model: 'gpt-4', endpoint: 'chat' })
      return () => handle.add(1)
    },
    handleRecord() {
      const handle = openRecorder().metrics.bench_duration_seconds.with({ model: 'gpt-4', endpoint: 'chat' })
      return (i) => handle.record(durationOf(i))
    },
  },

  openCounter(name, labelNames) {
    const labels = Object.fromEntries(labelNames.map((label) => [label, 'name' as const]))
    const recorder = createRecorder({ catalog: defineMetrics({ [name]: { kind: 'counter', help: name, labels } }) })
    const counter = recorder.metrics[name]!
    return (given) => counter.add(1, given)
  },

  openStore(size): MetricStore {
    const recorder = openRecorder(size)
    const metrics = recorder.metrics as unknown as {
      readonly [name: string]: { readonly [verb: string]: (value: unknown, labels: unknown) => void }
    }
    const events = metrics.bench_events_total!
    const duration = metrics.bench_duration_seconds!
    const level = metrics.bench_level!
    const page = createPage(catalogPage(recorder))
    return {
      add: (value, labels) => events.add!(value, labels),
      record: (value, labels) => duration.record!(value, labels),
      set: (value, labels) => level.set!(value, labels),
      async page() {
        const rendered = await page.render()
        return { bytes: () => rendered.byteLength, text: () => rendered.text() }
      },
    }
  },

  async addWithReaders(count): Promise<Call> {
    const recorder = openRecorder()
    const readers = Array.from(
      { length: count },
      (_, i) =>
        new CollectingReader({
          metricProducers: [recorder.producer({ temporality: i === 0 ? 'cumulative' : 'delta' })],
        }),
    )
    // Readers need a provider; nothing is recorded through it.
    new MeterProvider({ readers })
    const { bench_two_total: counter } = recorder.metrics
    const add: Call = (i) => counter.add(1, { model: modelOf(i), endpoint: endpointOf(i) })
    for (let i = 0; i < 64; i++) add(i)
    for (const reader of readers) await reader.collect()
    return add
  },

  recordAttached(count): Call {
    const recorder = openRecorder()
    if (count > 0) {
      const readers = Array.from({ length: count }, () => new CollectingReader())
      recorder.attach(new MeterProvider({ readers }))
    }
    const { bench_duration_seconds: histogram } = recorder.metrics
    return (i) => histogram.record(durationOf(i), { model: modelOf(i), endpoint: endpointOf(i) })
  },
}
