import type { Resource } from '@opentelemetry/resources'
import type {
  AggregationOption,
  AggregationTemporality,
  IMetricReader,
  MetricProducer,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { diag, type ImmediateMetricProducer, unref } from '@quipu/store'
import { toError } from '../to-error.js'

export interface PushLoopOptions {
  /** The catalogue's points. */
  readonly producer: ImmediateMetricProducer
  /** Producers of the application. Default: none. */
  readonly producers?: readonly MetricProducer[] | undefined
  readonly resource: () => Resource
  /** Milliseconds from one export to the next. */
  readonly intervalMs: number
  /** Milliseconds that callbacks of the host's instruments may take in one collection. */
  readonly collectTimeoutMs: number
  readonly temporality: 'cumulative' | 'delta' | 'lowmemory'
  readonly histograms: 'explicit' | 'exponential'
  /** Called for every batch, including empty ones. Resolves when the batch is delivered or its outcome is decided. */
  readonly send: (batch: ResourceMetrics) => Promise<void>
  readonly shutdown: () => Promise<void>
}

/** Collects and exports at an interval: the catalogue's points, and those of a MeterProvider once bound to one. */
export interface PushLoop extends IMetricReader {
  /** The MeterProvider's object to collect from. */
  provider(): object | undefined
}

/** Like OpenTelemetry's own readers. */
const MOST_SERIES = 2000
/** `AggregationTemporality` and `AggregationType`: their package is not loaded for numbers. */
const DELTA: AggregationTemporality.DELTA = 0
const CUMULATIVE: AggregationTemporality.CUMULATIVE = 1
const DEFAULT: AggregationOption = { type: 0 }
const EXPONENTIAL: AggregationOption = { type: 5 }

/** Instruments that are exported as deltas (OTLP metrics exporter specification, temporality preference). */
const deltas: { readonly [temporality: string]: readonly string[] } = {
  cumulative: [],
  delta: ['COUNTER', 'OBSERVABLE_COUNTER', 'GAUGE', 'OBSERVABLE_GAUGE', 'HISTOGRAM'],
  lowmemory: ['COUNTER', 'HISTOGRAM'],
}

/** Replaces PeriodicExportingMetricReader, which would be the only reason to load OpenTelemetry's SDK. */
export function createPushLoop(options: PushLoopOptions): PushLoop {
  const { producer, producers = [], resource, intervalMs, collectTimeoutMs, temporality, histograms, send } = options
  let provider: MetricProducer | undefined
  let timer: ReturnType<typeof setInterval> | undefined
  let running: Promise<void> | undefined
  let isShut = false

  async function collect(): ReturnType<IMetricReader['collect']> {
    // The host's first, because its callbacks may take time. The points collected last are exported at once, and no
    // exit can lose them.
    const sources = [...(provider === undefined ? [] : [provider]), ...producers]
    const all = await Promise.all(sources.map((source) => source.collect({ timeoutMillis: collectTimeoutMs })))
    all.push(producer.collectNow())
    return {
      resourceMetrics: {
        resource: resource(),
        scopeMetrics: all.flatMap(({ resourceMetrics }) => resourceMetrics.scopeMetrics),
      },
      errors: all.flatMap(({ errors }) => errors),
    }
  }

  async function exportOnce(): Promise<void> {
    const { asyncAttributesPending, waitForAsyncAttributes } = resource()
    if (asyncAttributesPending === true) await waitForAsyncAttributes?.call(resource())
    const { resourceMetrics, errors } = await collect()
    if (errors.length > 0) diag.error('quipu: not all metrics could be collected', ...errors)
    // Also an empty batch: each interval is an opportunity to send earlier batches.
    await send(resourceMetrics)
  }

  /** Runs one export at a time. Never rejects. */
  function run(): Promise<void> {
    running ??= exportOnce()
      .catch((error: unknown) => diag.error('quipu: the metrics could not be exported', toError(error)))
      .finally(() => {
        running = undefined
      })
    return running
  }

  async function flush(): Promise<void> {
    // The export in progress may have collected before the latest values were recorded.
    await running
    await run()
  }

  return {
    provider: () => provider,
    setMetricProducer(given) {
      provider = given
      timer ??= setInterval(() => void run(), intervalMs)
      unref(timer)
    },
    selectAggregation: (type) => (type === 'HISTOGRAM' && histograms === 'exponential' ? EXPONENTIAL : DEFAULT),
    selectAggregationTemporality: (type) => (deltas[temporality]?.includes(type) === true ? DELTA : CUMULATIVE),
    selectCardinalityLimit: () => MOST_SERIES,
    collect,
    forceFlush: flush,
    async shutdown() {
      if (isShut) return
      isShut = true
      clearInterval(timer)
      await flush()
      await options.shutdown()
    },
  }
}
