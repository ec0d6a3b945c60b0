import type { MetricSpecs } from '../types.js'

const common = { privacy: 'none', merge: 'live', vocabulary: 'semconv' } as const
const process = { ...common, source: 'semantic conventions: process' } as const
const nodejs = { ...common, source: 'semantic conventions: Node.js' } as const
const v8js = { ...common, source: 'semantic conventions: V8' } as const
/** Of several event loops, the slowest matters. */
const delay = { ...nodejs, kind: 'gauge', unit: 's', merge: 'max' } as const
const space = { 'v8js.heap.space.name': { class: 'name', budget: 20 } } as const

/** Process metrics of OpenTelemetry's semantic conventions, with those of Node.js and V8. */
export const semconvProcessMetrics = {
  'process.cpu.time': {
    ...process,
    kind: 'counter',
    help: 'Total CPU seconds broken down by different CPU modes.',
    unit: 's',
    labels: { 'cpu.mode': ['user', 'system'] },
    merge: 'sum',
  },
  'process.memory.usage': {
    ...process,
    kind: 'upDownCounter',
    help: 'The amount of physical memory in use.',
    unit: 'By',
  },
  'process.memory.virtual': {
    ...process,
    kind: 'upDownCounter',
    help: 'The amount of committed virtual memory.',
    unit: 'By',
  },
  'process.unix.file_descriptor.count': {
    ...process,
    kind: 'upDownCounter',
    help: 'Number of unix file descriptors in use by the process.',
    unit: '{file_descriptor}',
  },
  'process.uptime': {
    ...process,
    kind: 'gauge',
    help: 'The time the process has been running.',
    unit: 's',
    merge: 'max',
  },
  'nodejs.eventloop.delay.min': { ...delay, help: 'Event loop minimum delay.', merge: 'min' },
  'nodejs.eventloop.delay.max': { ...delay, help: 'Event loop maximum delay.' },
  'nodejs.eventloop.delay.mean': { ...delay, help: 'Event loop mean delay.' },
  'nodejs.eventloop.delay.stddev': { ...delay, help: 'Event loop standard deviation delay.' },
  'nodejs.eventloop.delay.p50': { ...delay, help: 'Event loop 50 percentile delay.' },
  'nodejs.eventloop.delay.p90': { ...delay, help: 'Event loop 90 percentile delay.' },
  'nodejs.eventloop.delay.p99': { ...delay, help: 'Event loop 99 percentile delay.' },
  'nodejs.eventloop.time': {
    ...nodejs,
    kind: 'counter',
    help: 'Cumulative duration of time the event loop has been in each state.',
    unit: 's',
    labels: { 'nodejs.eventloop.state': ['active', 'idle'] },
    merge: 'sum',
  },
  'nodejs.eventloop.utilization': {
    ...nodejs,
    kind: 'gauge',
    help: 'Event loop utilization.',
    unit: '1',
    merge: 'max',
  },
  'v8js.gc.duration': {
    ...v8js,
    kind: 'histogram',
    help: 'Garbage collection duration.',
    unit: 's',
    labels: { 'v8js.gc.type': ['major', 'minor', 'incremental', 'weakcb'] },
    buckets: [0.01, 0.1, 1, 10],
    merge: 'sum',
  },
  'v8js.memory.heap.limit': {
    ...v8js,
    kind: 'upDownCounter',
    help: 'Total heap memory size pre-allocated.',
    unit: 'By',
    labels: space,
  },
  'v8js.memory.heap.used': {
    ...v8js,
    kind: 'upDownCounter',
    help: 'Heap memory size allocated.',
    unit: 'By',
    labels: space,
  },
  'v8js.memory.heap.space.available_size': {
    ...v8js,
    kind: 'upDownCounter',
    help: 'Heap space available size.',
    unit: 'By',
    labels: space,
  },
  'v8js.memory.heap.space.physical_size': {
    ...v8js,
    kind: 'upDownCounter',
    help: 'Committed size of a heap space.',
    unit: 'By',
    labels: space,
  },
} as const satisfies MetricSpecs
