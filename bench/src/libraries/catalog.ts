import { defineMetrics } from '@quipu/catalog'
import { buckets, statuses } from '../workload.js'

/** Catalogue of the measured metrics. */
export const catalog = defineMetrics({
  bench_two_total: { kind: 'counter', help: 'Two labels', labels: { model: 'model', endpoint: 'name' } },
  bench_three_total: {
    kind: 'counter',
    help: 'Three labels',
    labels: { model: 'model', endpoint: 'name', status: statuses },
  },
  bench_events_total: { kind: 'counter', help: 'Events', labels: { model: 'model', endpoint: 'name' } },
  bench_duration_seconds: {
    kind: 'histogram',
    help: 'Durations',
    unit: 's',
    buckets,
    labels: { model: 'model', endpoint: 'name' },
  },
  bench_level: { kind: 'gauge', help: 'Level', labels: { model: 'model', endpoint: 'name' } },
})
