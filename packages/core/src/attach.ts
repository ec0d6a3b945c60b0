import type { Attributes, Histogram, MeterProvider, Observable, ObservableResult } from '@opentelemetry/api'
import type { AnySeries } from './create-series.js'
import { DistributionSeries } from './distribution.js'
import type { Cell, MetricReading } from './reading.js'

/**
 * Registers instruments for the metrics on a provider whose readers we cannot touch: observable ones read the store,
 * histograms and summaries pass on what is recorded from now on (what an instrument has not seen, it cannot be told).
 * @returns a function that takes all of it back
 */
export function attachTo(provider: MeterProvider, all: () => readonly AnySeries[]): () => void {
  const undo: (() => void)[] = []
  for (const series of all()) {
    if (series.spec.exportTo !== undefined && !series.spec.exportTo.includes('otlp')) continue
    const meter = provider.getMeter(series.scope)
    const options = { description: series.spec.help, ...(series.spec.unit !== undefined && { unit: series.spec.unit }) }
    if (series instanceof DistributionSeries) {
      const advice = { explicitBucketBoundaries: [...series.bounds] }
      undo.push(forwardTo(series, meter.createHistogram(series.otlpName, { ...options, advice })))
      continue
    }
    switch (series.spec.kind) {
      case 'counter':
        undo.push(observe(series, meter.createObservableCounter(series.otlpName, options)))
        break
      case 'upDownCounter':
        undo.push(observe(series, meter.createObservableUpDownCounter(series.otlpName, options)))
        break
      default:
        undo.push(observe(series, meter.createObservableGauge(series.otlpName, options)))
    }
  }
  return () => {
    for (const step of undo.splice(0)) step()
  }
}

function observe(reading: MetricReading, instrument: Observable): () => void {
  const callback = (result: ObservableResult): void => {
    for (const cell of reading.cells()) result.observe(cell.data[cell.at] ?? 0, attributesOf(reading, cell))
  }
  instrument.addCallback(callback)
  return () => instrument.removeCallback(callback)
}

function forwardTo(series: DistributionSeries, histogram: Histogram): () => void {
  const forward = (value: number, cell: Cell): void => histogram.record(value, attributesOf(series, cell))
  series.forwards = [...(series.forwards ?? []), forward]
  return () => {
    const left = series.forwards?.filter((other) => other !== forward) ?? []
    series.forwards = left.length > 0 ? left : undefined
  }
}

function attributesOf(reading: MetricReading, cell: Cell): Attributes {
  const attributes: Attributes = {}
  reading.labelNames.forEach((name, i) => {
    const value = cell.values[i]
    if (value !== undefined) attributes[name] = value
  })
  return attributes
}
