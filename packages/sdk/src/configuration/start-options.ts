import { type Catalog, type EventSpecs, isCatalog, type MetricSpecs } from '@quipu/catalog/builtin'
import {
  either,
  flag,
  group,
  instance,
  listOf,
  mapOf,
  milliseconds,
  type OptionsOf,
  option,
  text,
  withMethods,
  word,
} from '@quipu/catalog/options'
import { type MetricProducer, type Recorder, settingOptions } from '@quipu/core'
import { type AnyPreset, type OtlpSettings, presetOrOtlpOptions } from '@quipu/otlp'
import { activityLogOptions } from './activity-log-options.js'
import { prometheusOptions } from './prometheus-options.js'

/** As much of a LoggerProvider (OpenTelemetry 2 and 3) as is used. */
export interface EventLoggerProvider {
  getLogger(name: string, version?: string): { emit(record: EventLogRecordInput): void }
  forceFlush?(): Promise<void>
}

export interface EventLogRecordInput {
  readonly eventName: string
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number
  readonly attributes: { readonly [name: string]: string | number | boolean }
}

/** Signals that end a process by default. SIGBREAK is Windows' alone. */
export const ENDING_SIGNALS: readonly ('SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGBREAK')[] =
  process.platform === 'win32' ? ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'] : ['SIGTERM', 'SIGINT', 'SIGHUP']

/** Ends of the process at which what was recorded is exported, besides `shutdown()`. */
export const exitHookOptions = group({
  /** Shuts down when the process has nothing left to do. */
  beforeExit: option(flag, { default: true }),
  /**
   * Sends the last points at `process.exit()` and at an uncaught error, where nothing asynchronous runs: the exit waits for
   * the back end, at most a second. With a spool they go to the disk instead; gRPC cannot.
   */
  exit: option(flag, { default: true }),
  /** Signals on which to export. The process then ends by the signal as it would have; an application that listens to it decides. */
  signals: option(listOf(word(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'])), {
    default: ENDING_SIGNALS,
    otherwise: 'SIGTERM, SIGINT, SIGHUP, on Windows SIGBREAK too',
    example: "exitHooks: { signals: ['SIGTERM'] }",
  }),
})

export interface ExitHooks extends OptionsOf<typeof exitHookOptions.fields> {}

const attribute = either(text({ min: 0, expected: 'a text' }), attributeNumber(), flag)

/** The options that are the same whatever the catalogue is. */
const plainOptions = group({
  /** Name of the service in the resource. */
  serviceName: option(text(), {
    otherwise: '`service.name` of OTEL_RESOURCE_ATTRIBUTES, else `unknown_service:node`',
    variables: ['OTEL_SERVICE_NAME'],
    example: "serviceName: 'securetrack'",
  }),
  /** Attributes of the resource; they win over OTEL_RESOURCE_ATTRIBUTES. */
  resource: option(mapOf(attribute, { key: /^.+$/s, expected: 'an object of texts, numbers and flags' }), {
    example: "resource: { 'deployment.environment.name': 'staging' }",
  }),
  ...settingOptions.fields,
  /** Observes model calls of every client on the wire. */
  models: option(flag, { default: true, variables: ['QUIPU_MODELS'], example: 'models: false' }),
  /** Takes the activity events as log records; it stays yours, and is flushed but never shut down. */
  loggerProvider: option(withMethods<EventLoggerProvider>('a LoggerProvider', 'getLogger'), {}),
  /** MetricProducers of the application, such as `bridge(register)`: on `/metrics` and exported over OTLP. */
  producers: option(listOf(withMethods<MetricProducer>('a MetricProducer', 'collect')), {
    example: 'producers: [bridge(register)]',
  }),
  /** Where activity events go, and how. */
  activityLog: option(activityLogOptions, {
    example: "activityLog: { enabled: true, sink: fileSink('activity.log') }",
  }),
  /** Serves the pages. */
  prometheus: option(either(flag, prometheusOptions), {
    otherwise: 'whether OTEL_METRICS_EXPORTER names `prometheus`',
    example: 'prometheus: { port: 9464 }',
  }),
  /** Records HTTP server, runtime and process metrics, and serves them on `/metrics`. */
  standardMetrics: option(flag, { default: true, variables: ['QUIPU_STANDARD_METRICS'] }),
  /** Registers the catalogue with a MeterProvider that the application already has. */
  attach: option(flag, { default: true, variables: ['QUIPU_ATTACH'] }),
  /**
   * Which processes of one host are one application, with one page and one stream: `auto` for all that this one starts, its
   * threads, and those that PM2 starts; `cluster` for those that one process has forked, which may not run Quipu itself;
   * `workers` for the threads of one process; `single` for this one alone.
   */
  processes: option(word(['auto', 'single', 'cluster', 'workers']), {
    otherwise: '`auto`, under a test runner `single`',
    variables: ['QUIPU_PROCESSES'],
    example:
      "processes: 'auto' for what is found, 'cluster' for forked processes, 'workers' for worker threads, 'single' for neither",
  }),
  /** Longest time that `flush()` and `shutdown()` take, in milliseconds. */
  shutdownTimeoutMs: option(milliseconds, {
    default: 2000,
    variables: ['QUIPU_SHUTDOWN_TIMEOUT_MS'],
    example: 'shutdownTimeoutMs: 2000',
  }),
  /** Exports what was recorded before the process ends; false: only `shutdown()` does. */
  exitHooks: option(either(flag, exitHookOptions), {
    default: true,
    variables: ['QUIPU_EXIT_HOOKS'],
    example: "exitHooks: { signals: ['SIGTERM'] }",
  }),
})

/** The table of everything that `start()` takes. */
export const startOptions = group({
  ...plainOptions.fields,
  /** Entries of your own, beside the built-in ones. */
  catalog: option(instance<Catalog>('a catalogue from defineMetrics or defineEvents', isCatalog), {
    example: 'catalog: defineMetrics({ … })',
  }),
  /** The recorder whose metrics are exported. */
  recorder: option(
    withMethods<Recorder>(
      'a recorder from createRecorder',
      'readings',
      'producer',
      'onActivity',
      'configure',
      'extend',
    ),
    {
      otherwise: "the process's own, which the helpers of the package record into",
      example: 'recorder: createRecorder()',
    },
  ),
  /** Pushes over OTLP. */
  otlp: option(either(flag, presetOrOtlpOptions), {
    otherwise:
      'whether OTEL_METRICS_EXPORTER names `otlp`, or, where it is unset, whether OTEL_EXPORTER_OTLP_ENDPOINT or ' +
      'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is set',
    example: "otlp: { url: 'http://localhost:4318' }",
  }),
})

/** A back end written by hand. */
export interface OtlpOptions extends OtlpSettings {
  /** Only presets name a back end: they know what it takes. */
  readonly backend?: undefined
}

/** Everything that `start()` takes; the environment and then the defaults fill in what is left out. */
export interface StartOptions<
  M extends MetricSpecs,
  E extends EventSpecs,
  RM extends MetricSpecs = Record<never, never>,
  RE extends EventSpecs = Record<never, never>,
> extends OptionsOf<typeof plainOptions.fields> {
  /** Entries of your own, beside the built-in ones. */
  readonly catalog?: Catalog<M, E> | undefined
  /** The recorder whose metrics are exported. Default: the process's own, which the helpers of the package record into. */
  readonly recorder?: Recorder<RM, RE> | undefined
  /**
   * Pushes over OTLP. Default: whether OTEL_METRICS_EXPORTER names `otlp`, or, where it is unset, whether
   * OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is set.
   */
  readonly otlp?: boolean | OtlpOptions | AnyPreset | undefined
}

function attributeNumber() {
  return instance<number>('a finite number', (value) => Number.isFinite(value))
}
