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
import { reportOptions } from './report-options.js'

/** The used parts of a LoggerProvider (OpenTelemetry 2 and 3). */
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

/** Signals that end a process by default. SIGBREAK exists on Windows only. */
export const ENDING_SIGNALS: readonly ('SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGBREAK')[] =
  process.platform === 'win32' ? ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'] : ['SIGTERM', 'SIGINT', 'SIGHUP']

/** Ends of the process that trigger an export, besides `shutdown()`. */
export const exitHookOptions = group({
  /** Shuts down when the process has no more work. */
  beforeExit: option(flag, { default: true }),
  /**
   * Exports the last points at `process.exit()` and at an uncaught error, where no asynchronous code runs: the exit
   * waits for the back end, at most a second. With a spool, the points are stored on disk instead. Not available with
   * gRPC.
   */
  exit: option(flag, { default: true }),
  /**
   * Signals that trigger an export. The process then ends by the signal, unless the application listens to it and
   * decides otherwise.
   */
  signals: option(listOf(word(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'])), {
    default: ENDING_SIGNALS,
    otherwise: 'SIGTERM, SIGINT, SIGHUP, on Windows SIGBREAK too',
    example: "exitHooks: { signals: ['SIGTERM'] }",
  }),
})

export interface ExitHooks extends OptionsOf<typeof exitHookOptions.fields> {}

const attribute = either(text({ min: 0, expected: 'a text' }), attributeNumber(), flag)

/** The options that do not depend on the type of the catalogue. */
const plainOptions = group({
  /** Name of the service in the resource. */
  serviceName: option(text(), {
    otherwise: '`service.name` of OTEL_RESOURCE_ATTRIBUTES, else `unknown_service:node`',
    variables: ['OTEL_SERVICE_NAME'],
    example: "serviceName: 'securetrack'",
  }),
  /** Attributes of the resource; they take precedence over OTEL_RESOURCE_ATTRIBUTES. */
  resource: option(mapOf(attribute, { key: /^.+$/s, expected: 'an object of texts, numbers and flags' }), {
    example: "resource: { 'deployment.environment.name': 'staging' }",
  }),
  ...settingOptions.fields,
  /** Observes model calls of all clients on the wire. */
  models: option(flag, { default: true, variables: ['QUIPU_MODELS'], example: 'models: false' }),
  ...reportOptions.fields,
  /** Looks up the prices that `prices` lacks in the package `@pydantic/genai-prices`, which must be installed. */
  genaiPrices: option(flag, { default: false, variables: ['QUIPU_GENAI_PRICES'], example: 'genaiPrices: true' }),
  /** Receives the activity events as log records. It is flushed but never shut down. */
  loggerProvider: option(withMethods<EventLoggerProvider>('a LoggerProvider', 'getLogger'), {}),
  /** MetricProducers of the application, such as `bridge(register)`, for `/metrics` and OTLP. */
  producers: option(listOf(withMethods<MetricProducer>('a MetricProducer', 'collect')), {
    example: 'producers: [bridge(register)]',
  }),
  /** Outputs of activity events. */
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
   * The processes of one host that form one application, with one page and one stream: `auto` for this process with its
   * children and threads, and for those that PM2 starts; `cluster` for the forks of one process, which need not run
   * Quipu itself; `workers` for the threads of one process; `single` for this process alone.
   */
  processes: option(word(['auto', 'single', 'cluster', 'workers']), {
    otherwise: '`auto`, under a test runner `single`',
    variables: ['QUIPU_PROCESSES'],
    example:
      "processes: 'auto' to detect them, 'cluster' for forked processes, 'workers' for worker threads, 'single' for neither",
  }),
  /** Maximum time of `flush()` and `shutdown()`, in milliseconds. */
  shutdownTimeoutMs: option(milliseconds, {
    default: 2000,
    variables: ['QUIPU_SHUTDOWN_TIMEOUT_MS'],
    example: 'shutdownTimeoutMs: 2000',
  }),
  /** Exports before the process ends. If false, only `shutdown()` does. */
  exitHooks: option(either(flag, exitHookOptions), {
    default: true,
    variables: ['QUIPU_EXIT_HOOKS'],
    example: "exitHooks: { signals: ['SIGTERM'] }",
  }),
})

/** The table of all options of `start()`. */
export const startOptions = group({
  ...plainOptions.fields,
  /** Your own entries, in addition to the built-in ones. */
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
      otherwise: 'the recorder of the process, into which the helpers of the package record',
      example: 'recorder: createRecorder()',
    },
  ),
  /** Pushes over OTLP. */
  otlp: option(either(flag, presetOrOtlpOptions), {
    otherwise:
      'whether OTEL_METRICS_EXPORTER contains `otlp` or, if it is unset, whether OTEL_EXPORTER_OTLP_ENDPOINT or ' +
      'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is set',
    example: "otlp: { url: 'http://localhost:4318' }",
  }),
})

/** The configuration of a back end without a preset. */
export interface OtlpOptions extends OtlpSettings {
  /** Set by presets only, which know the requirements of their back end. */
  readonly backend?: undefined
}

/** Options of `start()`. The environment, then the defaults, fill in what is left out. */
export interface StartOptions<
  M extends MetricSpecs,
  E extends EventSpecs,
  RM extends MetricSpecs = Record<never, never>,
  RE extends EventSpecs = Record<never, never>,
> extends OptionsOf<typeof plainOptions.fields> {
  /** Your own entries, in addition to the built-in ones. */
  readonly catalog?: Catalog<M, E> | undefined
  /**
   * The recorder whose metrics are exported. Default: the recorder of the process, into which the helpers of the
   * package record.
   */
  readonly recorder?: Recorder<RM, RE> | undefined
  /**
   * Pushes over OTLP. Default: whether OTEL_METRICS_EXPORTER contains `otlp` or, if it is unset, whether
   * OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is set.
   */
  readonly otlp?: boolean | OtlpOptions | AnyPreset | undefined
}

function attributeNumber() {
  return instance<number>('a finite number', (value) => Number.isFinite(value))
}
