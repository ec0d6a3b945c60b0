import type { EventSpecs, MetricSpecs } from '@quipu/catalog/builtin'
import { createProducer, diag, type Recorder } from '@quipu/core'
import { chooseReports } from '@quipu/http/reports'
import { observeModelCalls } from '@quipu/llm'
import { joinProcesses, type ProcessGroup, releaseApplication } from '@quipu/processes'
import type { OtelCollect } from '@quipu/prometheus'
import { connectActivityLog } from '../activity-lines.js'
import { type Configuration, UNKNOWN_SERVICE } from '../configuration/configuration.js'
import { checkLoading } from '../opentelemetry/check-loading.js'
import { ownInstanceId } from '../opentelemetry/resource.js'
import { startTelemetry } from '../opentelemetry/telemetry.js'
import { createPages } from '../pages.js'
import { recordStandardMetrics } from '../standard-metrics.js'
import { createRecentLines } from '../studio/recent-lines.js'
import { studioDocuments } from '../studio/studio-documents.js'
import { VERSION } from '../version.js'
import { createLifecycle } from './create-lifecycle.js'
import { openWhenLeading } from './open-when-leading.js'
import type { Quipu } from './quipu.js'
import type { StartedParts } from './running.js'

/** How `start()` was called. */
interface StartContext {
  /** Number of ports to try for the pages, from the configured one upwards. */
  readonly ports: number
  /** The end of the Quipu that `register` started and this one replaces; it may still use the port. */
  readonly predecessor: Promise<unknown> | undefined
  readonly onShutdown: () => void
}

interface Created<M extends MetricSpecs, E extends EventSpecs> {
  readonly quipu: Quipu<M, E>
  /** Ends it for its replacement. */
  readonly close: () => Promise<unknown>
  /** Whether the application starts with this process. Its other processes print no line at start. */
  readonly isStart: boolean
  readonly parts: StartedParts
}

/** Starts everything that the configuration enables. */
export function createQuipu<M extends MetricSpecs, E extends EventSpecs>(
  recorder: Recorder<M, E>,
  asked: Configuration,
  { ports, predecessor, onShutdown }: StartContext,
): Created<M, E> {
  const configuration = checkLoading(asked)
  // The exporters read the entries at run time, for any types.
  const plain = recorder as unknown as Recorder
  plain.configure(configuration.settings)
  plain.metrics.quipu_info.set(1, { version: VERSION })

  const group = joinGroup(plain, configuration)
  const exported = group === undefined ? plain : withReadings(plain, group.readings)
  const telemetry = startTelemetry(exported, configuration, group)
  const collects: OtelCollect[] = configuration.producers.map((producer) => (options) => producer.collect(options))
  if (telemetry.collect !== undefined) collects.push(telemetry.collect)
  const studio = configuration.pages.studio === true
  const recent = studio && configuration.activityLog.enabled ? createRecentLines() : undefined
  const pages = createPages(
    exported,
    configuration.pages,
    configuration.standardMetrics,
    collects,
    studio ? studioDocuments(recent) : {},
  )
  const stopStandard = configuration.standardMetrics ? recordStandardMetrics(plain) : undefined
  const lines = connectActivityLog(plain, configuration, recent)
  const open = () => (group === undefined ? pages.open(ports) : openWhenLeading(group, pages, ports))
  const ready = predecessor === undefined ? open() : predecessor.then(open)
  ready.catch((error: unknown) => diag.error('quipu: the pages are not served', error))
  // An application starts once: not in each of its processes, and not again when it calls start() itself.
  const isStart = group?.isFirst !== false
  if (isStart && predecessor === undefined) plain.trackAppStartup()

  chooseReports(configuration.reports)
  const stopObserving = configuration.models ? observeModelCalls({ recorder: plain }) : () => undefined
  const { flush, shutdown, close } = createLifecycle(
    { recorder: plain, configuration, group, telemetry, pages, lines, isStart, stopStandard },
    () => {
      stopObserving()
      onShutdown()
    },
  )
  const quipu: Quipu<M, E> = {
    ready,
    handler: pages.handler,
    fetch: pages.handler.fetch,
    page: pages.page,
    flush,
    shutdown,
    recorder,
    metrics: recorder.metrics,
  }
  const { models, reports } = configuration
  return { quipu, close, isStart, parts: { models, reports, otlp: telemetry.otlpTarget } }
}

/** Joins the process's group, if it has one. Without a shared folder the process continues alone. */
function joinGroup(recorder: Recorder, { processes, resource }: Configuration): ProcessGroup | undefined {
  if (processes === 'single') {
    releaseApplication()
    return undefined
  }
  try {
    return joinProcesses(recorder, {
      grouping: processes,
      application: serviceName(resource),
      instanceId: ownInstanceId(),
    })
  } catch (error) {
    diag.error('quipu: this process shows its own numbers only', error)
    return undefined
  }
}

/** The service's name, if it was set. */
function serviceName({ 'service.name': name }: Configuration['resource']): string | undefined {
  return name === undefined || name === UNKNOWN_SERVICE ? undefined : String(name)
}

/** The same recorder, but exporters read the values of all processes. */
function withReadings(recorder: Recorder, readings: Recorder['readings']): Recorder {
  const producer: Recorder['producer'] = (options) => createProducer(readings, recorder.clock, options)
  return Object.create(recorder, { readings: { value: readings }, producer: { value: producer } })
}
