import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import { LoggerProvider } from '@opentelemetry/sdk-logs'
import { createRecorder } from '@quipu/core'
import { formatMetricLine, MetricLogProcessor, type MetricRecord } from './index.js'

// A processor has the type that OpenTelemetry expects.
const processor: LogRecordProcessor = new MetricLogProcessor({ sink: () => {}, recorder: createRecorder() })
new LoggerProvider({ processors: [processor, new MetricLogProcessor({ sink: () => {} })] })

// @ts-expect-error a sink is needed
new MetricLogProcessor({})
// @ts-expect-error 'xml' is not a format
new MetricLogProcessor({ sink: () => {}, format: 'xml' })
// @ts-expect-error 'sha256' is not a representation of users
new MetricLogProcessor({ sink: () => {}, users: 'sha256' })

formatMetricLine({ event: 'e', user: null, fields: { a: 'x', b: 1, c: 1n, d: true, e: null, f: undefined } })
// @ts-expect-error an object is not a value
formatMetricLine({ event: 'e', user: null, fields: { a: {} } })
// @ts-expect-error an event is needed
const incomplete: MetricRecord = { user: null }
void incomplete
