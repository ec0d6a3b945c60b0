import type { ActivityWriterOptions } from '@quipu/activity-log'
import type { Catalog, EventSpecs, MetricSpecs } from '@quipu/catalog/builtin'
import type { Recorder, RecorderSettings } from '@quipu/core'
import type { AnyPreset, SpoolOptions } from '@quipu/otlp'
import type { Auth, HandlerOptions, OtelPageOptions } from '@quipu/prometheus'

/** Where `/metrics` and `/custom_metrics` are served, and to whom. */
export interface PrometheusOptions
  extends Pick<HandlerOptions, 'maxInFlight' | 'timeoutMs' | 'onError' | 'names'>,
    Pick<OtelPageOptions, 'scopeLabels' | 'targetInfo'> {
  /** Default OTEL_EXPORTER_PROMETHEUS_PORT, else 9464; 0 is any free one. */
  readonly port?: number | undefined
  /** Default OTEL_EXPORTER_PROMETHEUS_HOST, else 127.0.0.1. */
  readonly host?: string | undefined
  /** Who may read the pages. Default QUIPU_PROMETHEUS_TOKEN as a bearer token, else everyone who reaches the port. */
  readonly auth?: Auth | undefined
  /** Allows an address that other hosts reach without `auth`. Default QUIPU_PROMETHEUS_ALLOW_PUBLIC, else false. */
  readonly allowPublic?: boolean | undefined
}

/** How an OTLP/HTTP back end is reached and what it gets. What is left out comes from OTEL_EXPORTER_OTLP_*. */
export interface OtlpSettings {
  /** The back end, as in `http://collector:4318`; a URL with a path is used as it stands. */
  readonly url?: string | undefined
  readonly headers?: { readonly [name: string]: string } | undefined
  /** Default `http/protobuf`; `grpc` needs the package `@grpc/grpc-js`. */
  readonly protocol?: 'http/json' | 'http/protobuf' | 'grpc' | undefined
  /** Default `none`. */
  readonly compression?: 'gzip' | 'none' | undefined
  /** Default `cumulative`. */
  readonly temporality?: 'cumulative' | 'delta' | 'lowmemory' | undefined
  /** Milliseconds from one export to the next. Default OTEL_METRIC_EXPORT_INTERVAL, else 60,000. */
  readonly intervalMs?: number | undefined
  /** Milliseconds that one export may take, repeats included. Default OTEL_EXPORTER_OTLP_TIMEOUT, else 10,000. */
  readonly timeoutMs?: number | undefined
  /**
   * Form of the histograms of OpenTelemetry instruments. The catalogue's have the buckets that their entries give them.
   * Default `explicit`.
   */
  readonly histograms?: 'explicit' | 'exponential' | undefined
  /** Most data points of one request; more go in several. Default QUIPU_OTLP_MAX_POINTS_PER_REQUEST, else no limit. */
  readonly maxPointsPerRequest?: number | undefined
  /**
   * Keeps on disk what did not get through, over an outage and the end of the process. Default
   * QUIPU_OTLP_SPOOL_DIRECTORY, else off: it waits in memory.
   */
  readonly spool?: SpoolOptions | undefined
}

/** A back end written by hand. */
export interface OtlpOptions extends OtlpSettings {
  /** Only presets say which back end it is: they know what it takes. */
  readonly backend?: undefined
}

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

/** Where activity events go, and how. Unset is what Atlas documents: the `[METRIC]` line on standard output. */
export interface ActivityLogOptions extends Pick<ActivityWriterOptions, 'format' | 'users' | 'key' | 'pseudonymize'> {
  /** Default FEATURE_METRICS_LOGGING_ENABLED (A4). */
  readonly enabled?: boolean | undefined
  /** Where lines go; false: nowhere. Default standard output, or nowhere when there is a `loggerProvider`. */
  readonly sink?: ActivityWriterOptions['sink'] | false | undefined
  /** Also sends the events as OTLP log records, to `/v1/logs` of the `otlp` back end or to one of its own. */
  readonly otlp?:
    | boolean
    | Pick<OtlpSettings, 'url' | 'headers' | 'protocol' | 'compression' | 'timeoutMs' | 'spool'>
    | undefined
}

/** What ends with the process besides `shutdown()`. */
export interface ExitHooks {
  /** Shuts down when the process has nothing left to do. Default true. */
  readonly beforeExit?: boolean | undefined
  /**
   * Signals on which to export what was recorded. The process then ends by the signal as it would have; when the
   * application listens to the signal, it decides. Default SIGTERM, SIGINT, SIGHUP, on Windows SIGBREAK too.
   */
  readonly signals?: readonly ('SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGBREAK')[] | undefined
}

/** Everything `start()` can be told; the environment and then the defaults fill in what is left out. */
export interface StartOptions<
  M extends MetricSpecs,
  E extends EventSpecs,
  RM extends MetricSpecs = Record<never, never>,
  RE extends EventSpecs = Record<never, never>,
> extends Pick<RecorderSettings, 'vocabularies' | 'genAiProfiles' | 'prices' | 'sessions'> {
  /** Default OTEL_SERVICE_NAME, else `service.name` of OTEL_RESOURCE_ATTRIBUTES, else `unknown_service:node`. */
  readonly serviceName?: string | undefined
  /** Attributes of the resource; they win over OTEL_RESOURCE_ATTRIBUTES. */
  readonly resource?: { readonly [name: string]: string | number | boolean } | undefined
  /** Entries of your own, beside the built-in ones. */
  readonly catalog?: Catalog<M, E> | undefined
  /** Whose metrics to export. Default: the process's own, which the helpers of the package record into. */
  readonly recorder?: Recorder<RM, RE> | undefined
  /** Serves the pages. Default: not, unless OTEL_METRICS_EXPORTER names `prometheus`. */
  readonly prometheus?: boolean | PrometheusOptions | undefined
  /**
   * Pushes over OTLP. Default: not, unless OTEL_METRICS_EXPORTER names `otlp`, or it is unset and an
   * OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is given.
   */
  readonly otlp?: boolean | OtlpOptions | AnyPreset | undefined
  readonly activityLog?: ActivityLogOptions | undefined
  /** Takes the activity events as log records; it stays yours, and is flushed but never shut down. */
  readonly loggerProvider?: EventLoggerProvider | undefined
  /** HTTP server, runtime and process metrics, and the page `/metrics`. Default true. */
  readonly standardMetrics?: boolean | undefined
  /** Registers the catalogue with a MeterProvider that the application already has (usage.md §11). Default true. */
  readonly attach?: boolean | undefined
  /**
   * Which processes of one host are one application, with one page and one stream: `auto` for all that this one starts,
   * its threads, and those that PM2 starts; `cluster` for those that one process has forked, which may not run Quipu itself;
   * `workers` for the threads of one process; `single` for this one alone. Default `auto`, under a test runner `single`.
   */
  readonly processes?: 'auto' | 'single' | 'cluster' | 'workers' | undefined
  /** Longest that `flush()` and `shutdown()` take. Default 2000. */
  readonly shutdownTimeoutMs?: number | undefined
  /** Exports what was recorded before the process ends. Default all ends; false: none. */
  readonly exitHooks?: boolean | ExitHooks | undefined
}
