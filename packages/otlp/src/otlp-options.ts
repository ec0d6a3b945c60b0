import {
  group,
  instance,
  integer,
  mapOf,
  milliseconds,
  type OptionsOf,
  type OptionType,
  option,
  text,
  word,
} from '@quipu/catalog/options'
import { type BackendName, isBackend } from './backend-rules.js'
import { spoolOptions } from './spool/spool-options.js'

/** An address for HTTP or gRPC. Its variables depend on the signal and are read elsewhere. */
const url: OptionType<string> = {
  expected: 'a URL of http or https, or for gRPC host:port',
  read: text({
    expected: 'a URL of http or https, or for gRPC host:port',
    pattern: /^(?:https?:\/\/[^/?#\s]+[^\s]*|(?:dns:\/\/\/?)?(?:[\w.-]+|\[[\da-f:]+\]):\d{1,5})$/i,
  }).read,
}

/** Valid value of a header (RFC 9110, field values). */
const headerValue = text({
  min: 0,
  expected: 'a text without line breaks or characters beyond Latin-1',
  pattern: /^[\t\x20-\x7e\x80-\xff]*$/,
})

const headers = mapOf(headerValue, {
  key: /^[!#$%&'*+.^`|~\w-]+$/,
  expected: 'an object of headers, whose names are letters, digits and -',
})

/** Connection to a back end, and form of the data. */
export const otlpOptions = group({
  /** Address of the back end, as in `http://collector:4318`; one with a path is used unchanged. */
  url: option(url, {
    otherwise: '`http://localhost:4318`, for gRPC `http://localhost:4317`',
    variables: ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    example: "otlp: { url: 'http://localhost:4318' }",
  }),
  /** Headers of each request, such as credentials. */
  headers: option(headers, {
    secret: true,
    otherwise: 'none',
    variables: ['OTEL_EXPORTER_OTLP_METRICS_HEADERS', 'OTEL_EXPORTER_OTLP_HEADERS'],
    example: "otlp: { headers: { 'api-key': process.env.API_KEY } }",
  }),
  /** Protocol; `grpc` needs the package `@grpc/grpc-js`. */
  protocol: option(word(['http/protobuf', 'http/json', 'grpc']), {
    default: 'http/protobuf',
    variables: ['OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'],
    example: "otlp: { protocol: 'http/protobuf' }",
  }),
  /** Compression of each request. */
  compression: option(word(['none', 'gzip']), {
    default: 'none',
    variables: ['OTEL_EXPORTER_OTLP_METRICS_COMPRESSION', 'OTEL_EXPORTER_OTLP_COMPRESSION'],
    example: "otlp: { compression: 'gzip' }",
  }),
  /** Whether a point is the total since the start or the increase since the last export. */
  temporality: option(word(['cumulative', 'delta', 'lowmemory']), {
    default: 'cumulative',
    variables: ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'],
    example: "otlp: { temporality: 'delta' }",
  }),
  /** Milliseconds between exports. */
  intervalMs: option(milliseconds, { default: 60_000, variables: ['OTEL_METRIC_EXPORT_INTERVAL'] }),
  /** Maximum time for one export in milliseconds, retries included. */
  timeoutMs: option(milliseconds, {
    default: 10_000,
    variables: ['OTEL_EXPORTER_OTLP_METRICS_TIMEOUT', 'OTEL_EXPORTER_OTLP_TIMEOUT'],
  }),
  /** Form of the histograms of OpenTelemetry instruments. Those of the catalogue have the buckets of their entries. */
  histograms: option(histogramForm(), {
    default: 'explicit',
    variables: ['OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION'],
    example: "otlp: { histograms: 'exponential' }",
  }),
  /** Maximum number of data points per request; larger exports are split. */
  maxPointsPerRequest: option(integer({ min: 1 }), {
    otherwise: 'no limit',
    variables: ['QUIPU_OTLP_MAX_POINTS_PER_REQUEST'],
  }),
  /** Stores undelivered batches on disk, through outages and restarts; without it, they wait in memory. */
  spool: option(spoolOptions, { otherwise: 'off', example: "otlp: { spool: { directory: '/var/spool/app' } }" }),
})

/** Options of `start({ otlp })`, including those that only presets set. */
export const presetOrOtlpOptions = group({
  ...otlpOptions.fields,
  /** Back end of a preset. */
  backend: option(instance<BackendName>('a back end that a preset names', isBackend), {}),
})

/** Connection to an OTLP back end and form of the data. Omitted options come from OTEL_EXPORTER_OTLP_*. */
export interface OtlpSettings extends OptionsOf<typeof otlpOptions.fields> {}

/** In code the form, in the variable OpenTelemetry's name of the aggregation. */
function histogramForm(): OptionType<'explicit' | 'exponential'> {
  const aggregations: { readonly [name: string]: string } = {
    explicit_bucket_histogram: 'explicit',
    base2_exponential_bucket_histogram: 'exponential',
  }
  return {
    ...word(['explicit', 'exponential']),
    parse: (value) => aggregations[value.toLowerCase()] ?? `${value} is no aggregation`,
  }
}
