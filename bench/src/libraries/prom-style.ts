import type * as promClient from 'prom-client'
import { type Library, type MetricStore, pageOfText } from '../library.js'
import { buckets, durationOf, endpointOf, modelOf, statusOf } from '../workload.js'

/** The measured interface, which prom-client and its successor share. */
export type PromStyle = Pick<typeof promClient, 'Counter' | 'Gauge' | 'Histogram' | 'Registry'>

const two = ['model', 'endpoint'] as const

/** A library with prom-client's interface. Its child from `labels()` is the closest to a handle. */
export function promStyleLibrary({ Counter, Gauge, Histogram, Registry }: PromStyle): Library {
  const counter2 = () =>
    new Counter({ name: 'bench_two_total', help: 'Two labels', labelNames: two, registers: [new Registry()] })
  const histogram2 = () =>
    new Histogram({
      name: 'bench_duration_seconds',
      help: 'Durations',
      labelNames: two,
      buckets: [...buckets],
      registers: [new Registry()],
    })
  return {
    recording: {
      add2() {
        const counter = counter2()
        return (i) => counter.inc({ model: modelOf(i), endpoint: endpointOf(i) }, 1)
      },
      add3() {
        const labelNames = ['model', 'endpoint', 'status'] as const
        const counter = new Counter({
          name: 'bench_three_total',
          help: 'Three labels',
          labelNames,
          registers: [new Registry()],
        })
        return (i) =>
          counter.inc(
            {
              model: modelOf(i),
              endpoint: endpointOf(i),
              status: statusOf(i),
            },
            1,
          )
      },
      record2() {
        const histogram = histogram2()
        return (i) => histogram.observe({ model: modelOf(i), endpoint: endpointOf(i) }, durationOf(i))
      },
      handleAdd() {
        const child = counter2().labels({ model: 'gpt-4', endpoint: 'chat' })
        return () => child.inc(1)
      },
      handleRecord() {
        const child = histogram2().labels({ model: 'gpt-4', endpoint: 'chat' })
        return (i) => child.observe(durationOf(i))
      },
    },

    openCounter(name, labelNames) {
      const counter = new Counter({ name, help: name, labelNames: [...labelNames], registers: [new Registry()] })
      return (labels) => counter.inc(labels, 1)
    },

    openStore(): MetricStore {
      const registry = new Registry()
      const registers = [registry]
      const events = new Counter({ name: 'bench_events_total', help: 'Events', labelNames: two, registers })
      const duration = new Histogram({
        name: 'bench_duration_seconds',
        help: 'Durations',
        labelNames: two,
        buckets: [...buckets],
        registers,
      })
      const level = new Gauge({ name: 'bench_level', help: 'Level', labelNames: two, registers })
      type Labels = { readonly model: string; readonly endpoint: string }
      return {
        add: (value, labels) => events.inc(labels as Labels, value as number),
        record: (value, labels) => duration.observe(labels as Labels, value as number),
        set: (value, labels) => level.set(labels as Labels, value as number),
        page: async () => pageOfText(await registry.metrics()),
      }
    },
  }
}
