import { resolve } from 'node:path'
import { QuipuError } from '@quipu/catalog/builtin'
import { type OptionSource, Problem, resolveOptions } from '@quipu/catalog/options'
import {
  type BackendName,
  checkSpoolDirectory,
  hasGrpc,
  type OtlpEndpoint,
  type OtlpMetricsConfiguration,
  type OtlpSettings,
  otlpOptions,
  requiredLogsUrl,
  type SpoolOptions,
  type SpoolSettings,
  spoolOptions,
} from '@quipu/otlp'
import { environment, logsEnvironment, variable, warnIgnored } from './environment.js'
import { environmentOptions, pairs } from './environment-options.js'
import { endpointUrl, type Signal } from './otlp-endpoint.js'

const sources: { readonly [S in Signal]: OptionSource } = { METRICS: environment, LOGS: logsEnvironment }

/**
 * Endpoint and transport of one signal: from code, then its own variables, then those of all signals, then defaults.
 */
function otlpEndpoint(signal: Signal, options: OtlpSettings): OtlpEndpoint {
  const source = sources[signal]
  const { protocol: chosen, compression, timeoutMs } = resolveOptions(otlpOptions, options, source)
  const protocol = chosen === 'grpc' && !hasGrpc() ? withoutGrpc(options.protocol !== undefined) : chosen
  const {
    certificate: ca,
    clientCertificate: cert,
    clientKey: key,
    insecure,
  } = resolveOptions(environmentOptions, {}, source)
  return {
    url: endpointUrl(signal, options.url, protocol, insecure),
    headers: { ...headersFromEnvironment(signal, options), ...options.headers },
    protocol,
    compression,
    timeoutMs,
    tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
    spool: spoolSettings(options.spool),
  }
}

/** The endpoint of metrics, and their form there. */
export function otlpMetrics(options: OtlpSettings): OtlpMetricsConfiguration {
  const { temporality, histograms } = resolveOptions(otlpOptions, options, environment)
  return {
    ...otlpEndpoint('METRICS', options),
    temporality,
    histograms,
    // Like the headers, the variable describes the back end that the environment names.
    maxPointsPerRequest:
      options.url === undefined
        ? resolveOptions(otlpOptions, options, environment).maxPointsPerRequest
        : options.maxPointsPerRequest,
  }
}

/** The endpoint of log records: their own, or `/v1/logs` of the back end of the metrics. */
export function otlpLogs(
  own: OtlpSettings | true,
  metrics: (OtlpSettings & { readonly backend?: BackendName | undefined }) | undefined,
): OtlpEndpoint {
  if (own !== true) return otlpEndpoint('LOGS', own)
  const { backend, url } = metrics ?? {}
  if (url === undefined || resolveOptions(otlpOptions, metrics ?? {}, logsEnvironment).protocol === 'grpc') {
    return otlpEndpoint('LOGS', metrics ?? {})
  }
  return otlpEndpoint('LOGS', { ...metrics, url: requiredLogsUrl({ backend, url }) })
}

/** Returns whether the environment has an endpoint for log records, which then applies to those only. */
export function hasLogsEndpoint(): boolean {
  return variable('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT') !== undefined
}

/** Metrics and log records in one directory share its limit: half of it each. */
export function halfOfSpool<E extends OtlpEndpoint>(endpoint: E): E {
  const { spool } = endpoint
  return spool === undefined ? endpoint : { ...endpoint, spool: { ...spool, maxBytes: Math.ceil(spool.maxBytes / 2) } }
}

/** Replaces gRPC if its package is missing and a variable selected it: a variable must not end an application. */
function withoutGrpc(isAskedByCode: boolean): 'http/protobuf' {
  if (!isAskedByCode) {
    warnIgnored('OTEL_EXPORTER_OTLP_PROTOCOL=grpc', 'needs the package @grpc/grpc-js; http/protobuf is used instead')
    return 'http/protobuf'
  }
  throw new QuipuError('QUIPU_CONFIG_INVALID', {
    what: 'OTLP by gRPC needs the package @grpc/grpc-js, which is not installed.',
    got: 'the protocol grpc',
    fix: "npm install @grpc/grpc-js, or use the protocol 'http/protobuf' with the HTTP port (4318)",
  })
}

function spoolSettings(options: SpoolOptions | undefined): SpoolSettings | undefined {
  const { directory, maxBytes, maxAgeMs } = resolveOptions(spoolOptions, options ?? {}, environment)
  if (directory === undefined) return undefined
  // A directory from the environment is checked on use: a variable must not end an application.
  if (options?.directory !== undefined) checkSpoolDirectory(resolve(directory))
  return { directory: resolve(directory), maxBytes, maxAgeMs }
}

/** A back end that code names does not get headers from the environment, such as the key of another back end. */
function headersFromEnvironment(signal: Signal, { url }: OtlpSettings): OtlpEndpoint['headers'] {
  if (url !== undefined) return {}
  return {
    ...headersOf('OTEL_EXPORTER_OTLP_HEADERS'),
    ...headersOf(`OTEL_EXPORTER_OTLP_${signal}_HEADERS`),
  }
}

/** The headers of a variable. Their values are secrets and never part of a warning. */
function headersOf(name: string): OtlpEndpoint['headers'] {
  const given = variable(name)
  if (given === undefined) return {}
  const headers = pairs.read(pairs.parse?.(given))
  if (!(headers instanceof Problem) && Object.entries(headers).every(canBeSent)) return headers
  warnIgnored(name, 'must be a list of key=value, percent-encoded, of headers that can be sent')
  return {}
}

function canBeSent([name, value]: readonly [string, string]): boolean {
  const { validateHeaderName, validateHeaderValue } = process.getBuiltinModule('node:http')
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return true
  } catch {
    return false
  }
}
