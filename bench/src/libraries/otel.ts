import type { Attributes } from '@opentelemetry/api'
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { AggregationTemporality, InstrumentType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { type Call, type Library, pageOfText, type StoreSize } from '../library.js'
import { buckets, durationOf, endpointOf, modelOf, statusOf } from '../workload.js'

class CollectingReader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

function cumulativeReader(size: StoreSize): MetricReader {
  return new CollectingReader({
    aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE,
    ...(size === 'large' && { cardinalitySelector: () => 20_000 }),
  })
}

function deltaReader(): MetricReader {
  return new CollectingReader({
    aggregationTemporalitySelector: (type) =>
      type === InstrumentType.UP_DOWN_COUNTER ? AggregationTemporality.CUMULATIVE : AggregationTemporality.DELTA,
  })
}

function openMeter(size: StoreSize = 'usual') {
  const reader = cumulativeReader(size)
  return { reader, meter: new MeterProvider({ readers: [reader] }).getMeter('bench') }
}

const advice = { explicitBucketBoundaries: [...buckets] }

/** The OpenTelemetry SDK with one cumulative reader, and the page of its Prometheus exporter. */
export const library: Library = {
  recording: {
    add2() {
      const counter = openMeter().meter.createCounter('bench_two_total')
      return (i) => counter.add(1, { model: modelOf(i), endpoint: endpointOf(i) })
    },
    add3() {
      const counter = openMeter().meter.createCounter('bench_three_total')
      return (i) =>
        counter.add(1, {
          model: modelOf(i),
          endpoint: endpointOf(i),
          status: statusOf(i),
        })
    },
    record2() {
      const histogram = openMeter().meter.createHistogram('bench_duration_seconds', { advice })
      return (i) =>
        histogram.record(durationOf(i), {
          model: modelOf(i),
          endpoint: endpointOf(i),
        })
    },
  },

  openCounter(name) {
    const counter = openMeter().meter.createCounter(name)
    return (labels) => counter.add(1, labels)
  },

  openStore(size) {
    const { meter, reader } = openMeter(size)
    const events = meter.createCounter('bench_events_total', { description: 'Events' })
    const duration = meter.createHistogram('bench_duration_seconds', { description: 'Durations', unit: 's', advice })
    const level = meter.createGauge('bench_level', { description: 'Level' })
    const serializer = new PrometheusSerializer()
    return {
      add: (value, labels) => events.add(value as number, labels as Attributes),
      record: (value, labels) => duration.record(value as number, labels as Attributes),
      set: (value, labels) => level.record(value as number, labels as Attributes),
      async page() {
        const { resourceMetrics } = await reader.collect()
        return pageOfText(serializer.serialize(resourceMetrics))
      },
    }
  },

  async addWithReaders(count): Promise<Call> {
    const readers = Array.from({ length: count }, (_, i) => (i === 0 ? cumulativeReader('usual') : deltaReader()))
    const counter = new MeterProvider({ readers }).getMeter('bench').createCounter('bench_two_total')
    const add: Call = (i) => counter.add(1, { model: modelOf(i), endpoint: endpointOf(i) })
    for (let i = 0; i < 64; i++) add(i)
    for (const reader of readers) await reader.collect()
    return add
  },
}
