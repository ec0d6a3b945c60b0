import type { Resource } from '@opentelemetry/resources'
import type { Recorder } from '@quipu/core'
import type { OtlpEndpoint, PushReader } from '@quipu/otlp'
import type { ProcessGroup } from '@quipu/processes'
import type { OtelCollect } from '@quipu/prometheus'
import type { Configuration } from '../configuration/configuration.js'
import { createPushReaders } from '../export/push-readers.js'
import { bindEarlyMeters, hostMeterProvider, releaseEarlyMeters } from './early-meters.js'
import { OwnMeterProvider } from './own-meter-provider.js'
import { createResource } from './resource.js'
import { startSignals } from './signals.js'

/** The parts that use OpenTelemetry's SDK. */
export interface Telemetry {
  /** Collects the standard metrics; undefined without them. */
  readonly collect: OtelCollect | undefined
  readonly pushReaders: readonly PushReader[]
  /** Scheme, host and port that metrics are pushed to; undefined if none are pushed. */
  readonly otlpTarget: string | undefined
  /** Exports once, now. */
  flush(): Promise<void>
  /** Exports a last time and ends all readers. */
  shutdown(): Promise<void>
}

/**
 * Starts the configured readers. Without readers and without OpenTelemetry instruments in the application, it loads
 * nothing of OpenTelemetry's SDK.
 *
 * A MeterProvider of the application stays registered, and exports the catalogue as well (`attach`). If only the
 * environment enables OTLP, that provider exports it, because it was most likely configured by the same variables and
 * each point would arrive twice. If code enables OTLP, Quipu creates its own provider.
 */
export function startTelemetry(
  recorder: Recorder,
  configuration: Configuration,
  /** The processes with which this one shares one stream. */
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
  const own = new OwnMeterProvider({
    pushReaders: pushReaders.map(({ reader }) => reader),
    hasPage: configuration.standardMetrics,
    showsResource: (configuration.pages.targetInfo ?? false) !== false,
    resource,
  })
  if (isOtlpOurs) own.make()
  if (host === undefined && (configuration.standardMetrics || isOtlpOurs)) own.register()
  for (let lost = bindEarlyMeters(own); lost > 0; lost--) recorder.drop('otel', 'queue_full')
  const signals = startSignals(resource)
  return {
    collect: configuration.standardMetrics ? own.collect : undefined,
    pushReaders,
    otlpTarget: isLeftToHost ? undefined : targetOf(configuration.otlp),
    async flush() {
      await Promise.allSettled(pushReaders.map(({ reader }) => reader.forceFlush()))
    },
    async shutdown() {
      releaseEarlyMeters(own)
      const done = Promise.allSettled([own.shutdown(), signals?.shutdown()])
      detach?.()
      await done
      for (const push of pushReaders) push.close()
    },
  }
}

/** Without path, query and credentials, which may contain secrets. */
function targetOf(endpoint: OtlpEndpoint | undefined): string | undefined {
  return endpoint && `${endpoint.url.protocol}//${endpoint.url.host}`
}
