import type * as Sdk from '@opentelemetry/sdk-metrics'
import { expectTypeOf } from 'vitest'
import type * as ours from './otel-data.js'

// The types of otel-data.ts are accepted wherever the SDK accepts its own.
expectTypeOf<ours.MetricProducer>().toExtend<Sdk.MetricProducer>()
expectTypeOf<ours.CollectionResult>().toExtend<Sdk.CollectionResult>()
expectTypeOf<ours.ResourceMetrics>().toExtend<Sdk.ResourceMetrics>()
expectTypeOf<ours.ScopeMetrics>().toExtend<Sdk.ScopeMetrics>()
expectTypeOf<ours.SumMetricData>().toExtend<Sdk.SumMetricData>()
expectTypeOf<ours.GaugeMetricData>().toExtend<Sdk.GaugeMetricData>()
expectTypeOf<ours.HistogramMetricData>().toExtend<Sdk.HistogramMetricData>()
expectTypeOf<ours.ExponentialMetricData>().toExtend<Sdk.ExponentialHistogramMetricData>()

// The types that the SDK returns are accepted as ours.
expectTypeOf<Sdk.DataPoint<number>>().toExtend<ours.DataPoint<number>>()
