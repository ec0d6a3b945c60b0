import type { MetricSpecs } from '../types.js'

const common = {
  privacy: 'none',
  vocabulary: 'prom_client',
  exportTo: ['prometheus'],
  source: 'prom-client, collectDefaultMetrics',
} as const
const counter = { ...common, kind: 'counter', merge: 'sum' } as const
/** Gauges of resources that each process has for itself, so that their sum is the total. */
const gauge = { ...common, kind: 'gauge', merge: 'live' } as const
/** Of several event loops, the slowest matters. */
const lag = { ...common, kind: 'gauge', merge: 'max' } as const
const type = { type: { class: 'name', budget: 50 } } as const
const space = { space: { class: 'name', budget: 20 } } as const
const text = { class: 'name', budget: 10 } as const

/**
 * Default metrics of prom-client 15 under its names, including the gauges that end in `_total`, because boards query
 * them.
 */
export const promClientMetrics = {
  process_cpu_user_seconds_total: { ...counter, help: 'Total user CPU time spent in seconds.', unit: 's' },
  process_cpu_system_seconds_total: { ...counter, help: 'Total system CPU time spent in seconds.', unit: 's' },
  process_cpu_seconds_total: { ...counter, help: 'Total user and system CPU time spent in seconds.', unit: 's' },
  process_start_time_seconds: {
    ...gauge,
    help: 'Start time of the process since unix epoch in seconds.',
    unit: 's',
    merge: 'min',
  },
  process_resident_memory_bytes: { ...gauge, help: 'Resident memory size in bytes.', unit: 'By' },
  process_virtual_memory_bytes: { ...gauge, help: 'Virtual memory size in bytes.', unit: 'By' },
  process_heap_bytes: { ...gauge, help: 'Process heap size in bytes.', unit: 'By' },
  process_open_fds: { ...gauge, help: 'Number of open file descriptors.' },
  process_max_fds: { ...gauge, help: 'Maximum number of open file descriptors.', merge: 'max' },
  nodejs_eventloop_lag_seconds: { ...lag, help: 'Lag of event loop in seconds.', unit: 's' },
  nodejs_eventloop_lag_min_seconds: { ...lag, help: 'The minimum recorded event loop delay.', unit: 's', merge: 'min' },
  nodejs_eventloop_lag_max_seconds: { ...lag, help: 'The maximum recorded event loop delay.', unit: 's' },
  nodejs_eventloop_lag_mean_seconds: {
    ...lag,
    help: 'The mean of the recorded event loop delays.',
    unit: 's',
  },
  nodejs_eventloop_lag_stddev_seconds: {
    ...lag,
    help: 'The standard deviation of the recorded event loop delays.',
    unit: 's',
  },
  nodejs_eventloop_lag_p50_seconds: {
    ...lag,
    help: 'The 50th percentile of the recorded event loop delays.',
    unit: 's',
  },
  nodejs_eventloop_lag_p90_seconds: {
    ...lag,
    help: 'The 90th percentile of the recorded event loop delays.',
    unit: 's',
  },
  nodejs_eventloop_lag_p99_seconds: {
    ...lag,
    help: 'The 99th percentile of the recorded event loop delays.',
    unit: 's',
  },
  nodejs_active_resources: {
    ...gauge,
    help: 'Number of active resources that are currently keeping the event loop alive, grouped by async resource type.',
    labels: type,
  },
  nodejs_active_resources_total: { ...gauge, help: 'Total number of active resources.' },
  nodejs_active_handles: {
    ...gauge,
    help: 'Number of active libuv handles grouped by handle type. Every handle type is C++ class name.',
    labels: type,
  },
  nodejs_active_handles_total: { ...gauge, help: 'Total number of active handles.' },
  nodejs_active_requests: {
    ...gauge,
    help: 'Number of active libuv requests grouped by request type. Every request type is C++ class name.',
    labels: type,
  },
  nodejs_active_requests_total: { ...gauge, help: 'Total number of active requests.' },
  nodejs_heap_size_total_bytes: { ...gauge, help: 'Process heap size from Node.js in bytes.', unit: 'By' },
  nodejs_heap_size_used_bytes: { ...gauge, help: 'Process heap size used from Node.js in bytes.', unit: 'By' },
  nodejs_external_memory_bytes: { ...gauge, help: 'Node.js external memory size in bytes.', unit: 'By' },
  nodejs_heap_space_size_total_bytes: {
    ...gauge,
    help: 'Process heap space size total from Node.js in bytes.',
    unit: 'By',
    labels: space,
  },
  nodejs_heap_space_size_used_bytes: {
    ...gauge,
    help: 'Process heap space size used from Node.js in bytes.',
    unit: 'By',
    labels: space,
  },
  nodejs_heap_space_size_available_bytes: {
    ...gauge,
    help: 'Process heap space size available from Node.js in bytes.',
    unit: 'By',
    labels: space,
  },
  nodejs_version_info: {
    ...gauge,
    help: 'Node.js version info.',
    labels: { version: text, major: text, minor: text, patch: text },
    merge: 'max',
  },
  nodejs_gc_duration_seconds: {
    ...common,
    kind: 'histogram',
    help: 'Garbage collection duration by kind, one of major, minor, incremental or weakcb.',
    unit: 's',
    labels: { kind: ['major', 'minor', 'incremental', 'weakcb'] },
    buckets: [0.001, 0.01, 0.1, 1, 2, 5],
    merge: 'sum',
  },
} as const satisfies MetricSpecs
