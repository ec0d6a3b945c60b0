import type * as Sdk from '@opentelemetry/sdk-metrics'
import { expectTypeOf } from 'vitest'
import type * as ours from './otel-data.js'

// What is written out in otel-data.ts goes wherever the SDK takes its own.
expectTypeOf<ours.MetricProducer>().toExtend<Sdk.MetricProducer>()
expectTypeOf<ours.CollectionResult>().toExtend<Sdk.CollectionResult>()
expectTypeOf<ours.ResourceMetrics>().toExtend<Sdk.ResourceMetrics>()
expectTypeOf<ours.ScopeMetrics>().toExtend<Sdk.ScopeMetrics>()
expectTypeOf<ours.SumMetricData>().toExtend<Sdk.SumMetricData>()
expectTypeOf<ours.GaugeMetricData>().toExtend<Sdk.GaugeMetricData>()
expectTypeOf<ours.HistogramMetricData>().toExtend<Sdk.HistogramMetricData>()
expectTypeOf<ours.ExponentialMetricData>().toExtend<Sdk.ExponentialHistogramMetricData>()

// And what it gives out is read as ours.
expectTypeOf<Sdk.DataPoint<number>>().toExtend<ours.DataPoint<number>>()
