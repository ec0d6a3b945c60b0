import * as api from '@opentelemetry/api'
import { type ContextManager, createNoopMeter, type MeterProvider, metrics } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import { loadApiLogs, loadSdkMetrics, loadSdkNode } from '../optional.cjs'

/** A provider whose readers are ours. */
export interface OwnProvider {
  readonly provider: MeterProvider
  /** Collects and exports a last time, and gives back what was registered. May take as long as a back end lets it. */
  shutdown(): Promise<void>
}

/** The MeterProvider that the application has registered, if it has. */
export function hostMeterProvider(): MeterProvider | undefined {
  const provider = metrics.getMeterProvider()
  return provider.getMeter('@quipu/sdk') === createNoopMeter() ? undefined : provider
}

/** A provider for ourselves, beside the one that the application has. */
export function startPrivately(readers: IMetricReader[], resource: Resource): OwnProvider {
  const { MeterProvider } = loadSdkMetrics()
  const provider = new MeterProvider({ resource, readers })
  return { provider, shutdown: () => provider.shutdown() }
}

/**
 * Registers a provider for the whole process through NodeSDK, so that every OpenTelemetry instrument is on our pages and in
 * our exports. Metrics only: traces, logs, context and propagation stay to who wants them, since NodeSDK by itself
 * would also push spans and logs to localhost:4318.
 */
export function startGlobally(readers: IMetricReader[], resource: Resource): OwnProvider {
  const { NodeSDK } = loadSdkNode()
  const hadLogs = hasLoggerProvider()
  const sdk = new NodeSDK({
    autoDetectResources: false,
    resource,
    metricReaders: readers,
    spanProcessors: [],
    // Without it NodeSDK makes a provider that pushes; with it, one that does nothing, and which goes at once.
    logRecordProcessors: [],
    textMapPropagator: null,
    // `null` is "register none" (sdk-node, setupContextManager); its declaration lacks it.
    contextManager: null as unknown as ContextManager,
  })
  sdk.start()
  if (!hadLogs) disableLogs()
  const provider = metrics.getMeterProvider()
  return {
    provider,
    async shutdown() {
      if (metrics.getMeterProvider() === provider) metrics.disable()
      await sdk.shutdown()
    },
  }
}

/** Whether a LoggerProvider is registered: OpenTelemetry 2 has a global of its own for it, 3 has it in the API's. */
function hasLoggerProvider(): boolean {
  const globals: unknown = Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'))
  const isInApi = typeof globals === 'object' && globals !== null && 'logs' in globals
  return isInApi || Reflect.get(globalThis, Symbol.for('io.opentelemetry.js.api.logs')) !== undefined
}

function disableLogs(): void {
  loadApiLogs().logs.disable()
  const inApi: unknown = Reflect.get(api, 'logs')
  if (typeof inApi === 'object' && inApi !== null && 'disable' in inApi && typeof inApi.disable === 'function') {
    inApi.disable()
  }
}
