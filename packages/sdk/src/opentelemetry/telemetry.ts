import type { Resource } from '@opentelemetry/resources'
import type { Recorder } from '@quipu/core'
import type { PushReader } from '@quipu/otlp'
import type { ProcessGroup } from '@quipu/processes'
import type { OtelCollect } from '@quipu/prometheus'
import type { Configuration } from '../configuration/configuration.js'
import { createPushReaders } from '../export/push-readers.js'
import { loadPrometheusExporter } from '../optional.cjs'
import { hostMeterProvider, startGlobally, startPrivately } from './meter-provider.js'
import { createResource } from './resource.js'

/** What OpenTelemetry's SDK does for us. */
export interface Telemetry {
  /** Collects the standard metrics; undefined when there are none. */
  readonly collect: OtelCollect | undefined
  readonly pushReaders: readonly PushReader[]
  /** Exports once, now. */
  flush(): Promise<void>
  /** Exports a last time and ends it all. */
  shutdown(): Promise<void>
}

/**
 * Starts the readers that the configuration asks for; loads nothing of OpenTelemetry's SDK when it asks for none.
 *
 * An application that has a MeterProvider keeps it. The catalogue then goes where its readers send it (`attach`); OTLP
 * that only the environment asked for is left to it, since its provider was most likely made from the same variables and
 * every point would arrive twice. OTLP that code asked for, and the standard metrics of our page, get a provider of our own.
 */
export function startTelemetry(
  recorder: Recorder,
  configuration: Configuration,
  /** With whom this process has one stream. */
  group: ProcessGroup | undefined,
): Telemetry {
  const host = hostMeterProvider()
  const isLeftToHost = host !== undefined && configuration.attach && configuration.otlpFromEnvironment
  let made: Resource | undefined
  const resource = (): Resource => {
    made ??= createResource(configuration.resource, group?.instanceId)
    return made
  }
  const pushReaders = createPushReaders(
    recorder,
    isLeftToHost ? { ...configuration, otlp: undefined } : configuration,
    resource,
    group,
  )
  const isOtlpOurs = pushReaders.length > 0
  const detach = host !== undefined && configuration.attach && !isOtlpOurs ? recorder.attach(host) : undefined
  if (!configuration.standardMetrics && pushReaders.length === 0) {
    return { collect: undefined, pushReaders, flush: async () => undefined, shutdown: async () => detach?.() }
  }

  const { PrometheusExporter } = loadPrometheusExporter()
  const pageReader = configuration.standardMetrics ? new PrometheusExporter({ preventServerStart: true }) : undefined
  const readers = [...pushReaders.map(({ reader }) => reader), ...(pageReader === undefined ? [] : [pageReader])]
  const own = host === undefined ? startGlobally(readers, resource()) : startPrivately(readers, resource())
  return {
    collect: pageReader && ((options) => pageReader.collect(options)),
    pushReaders,
    async flush() {
      await Promise.allSettled(pushReaders.map(({ reader }) => reader.forceFlush()))
    },
    async shutdown() {
      const done = own.shutdown()
      detach?.()
      try {
        await done
      } finally {
        for (const push of pushReaders) push.close()
      }
    },
  }
}
