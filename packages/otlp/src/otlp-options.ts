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

/** An address as HTTP or gRPC has it. Its variables are read with the signal's path, by who knows the signal. */
const url: OptionType<string> = {
  expected: 'a URL of http or https, or for gRPC host:port',
  read: text({
    expected: 'a URL of http or https, or for gRPC host:port',
    pattern: /^(?:https?:\/\/[^/?#\s]+[^\s]*|(?:dns:\/\/\/?)?(?:[\w.-]+|\[[\da-f:]+\]):\d{1,5})$/i,
  }).read,
}

/** What a header's value can carry (RFC 9110, field values). */
const headerValue = text({
  min: 0,
  expected: 'a text without line breaks or characters beyond Latin-1',
  pattern: /^[\t\x20-\x7e\x80-\xff]*$/,
})

const headers = mapOf(headerValue, {
  key: /^[!#$%&'*+.^`|~\w-]+$/,
  expected: 'an object of headers, whose names are letters, digits and -',
})

/** How a back end is reached, and what it gets. */
export const otlpOptions = group({
  /** Address of the back end, as in `http://collector:4318`; one with a path is used as it stands. */
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
  /** Whether a point has the total since the start or what was added since the last export. */
  temporality: option(word(['cumulative', 'delta', 'lowmemory']), {
    default: 'cumulative',
    variables: ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'],
    example: "otlp: { temporality: 'delta' }",
  }),
  /** Milliseconds from one export to the next. */
  intervalMs: option(milliseconds, { default: 60_000, variables: ['OTEL_METRIC_EXPORT_INTERVAL'] }),
  /** Longest time for one export in milliseconds, retries included. */
  timeoutMs: option(milliseconds, {
    default: 10_000,
    variables: ['OTEL_EXPORTER_OTLP_METRICS_TIMEOUT', 'OTEL_EXPORTER_OTLP_TIMEOUT'],
  }),
  /** Form of the histograms of OpenTelemetry instruments; those of the catalogue have the buckets of their entries. */
  histograms: option(histogramForm(), {
    default: 'explicit',
    variables: ['OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION'],
    example: "otlp: { histograms: 'exponential' }",
  }),
  /** Most data points in one request; more go in several. */
  maxPointsPerRequest: option(integer({ min: 1 }), {
    otherwise: 'no limit',
    variables: ['QUIPU_OTLP_MAX_POINTS_PER_REQUEST'],
  }),
  /** Keeps on disk what could not be sent, over an outage and the end of the process; without it batches wait in memory. */
  spool: option(spoolOptions, { otherwise: 'off', example: "otlp: { spool: { directory: '/var/spool/app' } }" }),
})

/** Everything that `start({ otlp })` takes: a preset also names its back end. */
export const presetOrOtlpOptions = group({
  ...otlpOptions.fields,
  /** Back end that a preset is for. */
  backend: option(instance<BackendName>('a back end that a preset names', isBackend), {}),
})

/** How an OTLP back end is reached and what it gets. What is left out comes from OTEL_EXPORTER_OTLP_*. */
export interface OtlpSettings extends OptionsOf<typeof otlpOptions.fields> {}

/** In code the form, in the variable the name of OpenTelemetry's aggregation. */
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
