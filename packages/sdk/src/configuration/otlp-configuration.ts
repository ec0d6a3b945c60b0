import { validateHeaderName, validateHeaderValue } from 'node:http'
import { resolve } from 'node:path'
import { QuipuError } from '@quipu/catalog/builtin'
import {
  type BackendName,
  hasGrpc,
  type OtlpEndpoint,
  type OtlpMetricsConfiguration,
  requiredLogsUrl,
  type SpoolOptions,
  type SpoolSettings,
} from '@quipu/otlp'
import { fileOf, firstVariable, integerOf, otlpVariable, pairsOf, urlOf, variable, wordOf } from './environment.js'
import type { OtlpSettings } from './start-options.js'

type Signal = 'METRICS' | 'LOGS'
const paths = { METRICS: 'v1/metrics', LOGS: 'v1/logs' } as const

/** Where and how one signal goes: from code, then from its own variables, then from those of all signals, then defaults. */
export function otlpEndpoint(signal: Signal, options: OtlpSettings): OtlpEndpoint {
  const ca = fileOf(otlpVariable(signal, 'CERTIFICATE'))
  const cert = fileOf(otlpVariable(signal, 'CLIENT_CERTIFICATE'))
  const key = fileOf(otlpVariable(signal, 'CLIENT_KEY'))
  const protocol = options.protocol ?? protocolFromEnvironment(signal) ?? 'http/protobuf'
  if (protocol === 'grpc') checkGrpc()
  return {
    url: urlOfEndpoint(signal, options, protocol),
    headers: checkedHeaders({ ...headersFromEnvironment(signal, options), ...options.headers }),
    protocol,
    compression: options.compression ?? wordOf(otlpVariable(signal, 'COMPRESSION'), ['gzip', 'none']) ?? 'none',
    timeoutMs: options.timeoutMs ?? integerOf(otlpVariable(signal, 'TIMEOUT'), { min: 1 }) ?? 10_000,
    tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
    spool: spoolSettings(options.spool),
  }
}

/** The metrics' endpoint, and the form that the metrics have there. */
export function otlpMetrics(options: OtlpSettings): OtlpMetricsConfiguration {
  return {
    ...otlpEndpoint('METRICS', options),
    temporality: options.temporality ?? temporalityFromEnvironment() ?? 'cumulative',
    histograms: options.histograms ?? histogramsFromEnvironment() ?? 'explicit',
    maxPointsPerRequest: options.maxPointsPerRequest ?? maxPointsFromEnvironment(options),
  }
}

/** The endpoint of the log records: one of their own, or `/v1/logs` of the back end that has the metrics. */
export function otlpLogs(
  own: OtlpSettings | true,
  metrics: (OtlpSettings & { readonly backend?: BackendName | undefined }) | undefined,
): OtlpEndpoint {
  if (own !== true) return otlpEndpoint('LOGS', own)
  const { backend, url } = metrics ?? {}
  if (url === undefined || (metrics?.protocol ?? protocolFromEnvironment('LOGS')) === 'grpc') {
    return otlpEndpoint('LOGS', metrics ?? {})
  }
  return otlpEndpoint('LOGS', { ...metrics, url: requiredLogsUrl({ backend, url }) })
}

/** Whether the environment says where log records go, which it then says of nothing else. */
export function hasLogsEndpoint(): boolean {
  return variable('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT') !== undefined
}

/** Metrics and log records that have one directory have one bound: half of it each. */
export function halfOfSpool<E extends OtlpEndpoint>(endpoint: E): E {
  const { spool } = endpoint
  return spool === undefined ? endpoint : { ...endpoint, spool: { ...spool, maxBytes: Math.ceil(spool.maxBytes / 2) } }
}

/** A back end's base gets the signal's path; a URL that has a path is whole (most back ends have their own). */
function withPath(url: URL, path: string): URL {
  return url.pathname === '/' || url.pathname === '' ? new URL(`/${path}${url.search}`, url) : url
}

function urlOfEndpoint(signal: Signal, { url }: OtlpSettings, protocol: OtlpEndpoint['protocol']): URL {
  // By gRPC the service's name is in the request: an address is all there is to say.
  if (protocol === 'grpc') return url === undefined ? addressFromEnvironment(signal) : new URL(url)
  return url === undefined ? urlFromEnvironment(signal) : withPath(new URL(url), paths[signal])
}

function addressFromEnvironment(signal: Signal): URL {
  return urlOf(otlpVariable(signal, 'ENDPOINT')) ?? new URL('http://localhost:4317')
}

function checkGrpc(): void {
  if (hasGrpc()) return
  throw new QuipuError('QUIPU_CONFIG_INVALID', {
    what: 'OTLP by gRPC needs the package @grpc/grpc-js, which is not there.',
    got: 'the protocol grpc',
    fix: "npm install @grpc/grpc-js, or use the protocol 'http/protobuf' with the HTTP port (4318)",
  })
}

const MAX_SPOOL_BYTES = 64 * 1024 * 1024
const MAX_SPOOL_AGE_MS = 24 * 60 * 60 * 1000

function spoolSettings(options: SpoolOptions | undefined): SpoolSettings | undefined {
  const directory = options?.directory ?? variable('QUIPU_OTLP_SPOOL_DIRECTORY')
  if (directory === undefined) return undefined
  return {
    directory: resolve(directory),
    maxBytes: options?.maxBytes ?? MAX_SPOOL_BYTES,
    maxAgeMs: options?.maxAgeMs ?? MAX_SPOOL_AGE_MS,
  }
}

/** OTLP exporter specification: a signal's own endpoint is used as it is, the general one gets the signal's path. */
function urlFromEnvironment(signal: Signal): URL {
  const own = `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`
  const found = otlpVariable(signal, 'ENDPOINT')
  const url = urlOf(found)
  if (url === undefined) return new URL(`http://localhost:4318/${paths[signal]}`)
  if (found?.name === own) return url
  return new URL(`${url.pathname.replace(/\/$/, '')}/${paths[signal]}`, url)
}

/** A back end that code names does not get what the environment says for another one, such as its key. */
function headersFromEnvironment(signal: Signal, { url }: OtlpSettings): { readonly [name: string]: string } {
  if (url !== undefined) return {}
  const general = variable('OTEL_EXPORTER_OTLP_HEADERS')
  const own = variable(`OTEL_EXPORTER_OTLP_${signal}_HEADERS`)
  return {
    ...(general && pairsOf({ name: 'OTEL_EXPORTER_OTLP_HEADERS', value: general })),
    ...(own && pairsOf({ name: `OTEL_EXPORTER_OTLP_${signal}_HEADERS`, value: own })),
  }
}

/** A header that cannot be sent would have every request refused. Values are secrets: the error names the header only. */
function checkedHeaders<H extends { readonly [name: string]: string }>(headers: H): H {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name)
      validateHeaderValue(name, value)
    } catch {
      throw new QuipuError('QUIPU_CONFIG_INVALID', {
        what: 'A header for OTLP cannot be sent.',
        got: `${JSON.stringify(name.slice(0, 100))}, with a value of ${value.length} characters`,
        fix: 'use letters, digits and - in its name, and no line breaks or characters beyond Latin-1 in its value',
      })
    }
  }
  return headers
}

/** OpenTelemetry has no variable for it. Like the headers, it is about the back end that the environment names. */
function maxPointsFromEnvironment({ url }: OtlpSettings): number | undefined {
  return url === undefined ? integerOf(firstVariable('QUIPU_OTLP_MAX_POINTS_PER_REQUEST'), { min: 1 }) : undefined
}

function protocolFromEnvironment(signal: Signal): OtlpEndpoint['protocol'] | undefined {
  return wordOf(otlpVariable(signal, 'PROTOCOL'), ['http/protobuf', 'http/json', 'grpc'])
}

function temporalityFromEnvironment(): OtlpMetricsConfiguration['temporality'] | undefined {
  const name = 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'
  const value = variable(name)
  return value === undefined ? undefined : wordOf({ name, value }, ['cumulative', 'delta', 'lowmemory'])
}

function histogramsFromEnvironment(): OtlpMetricsConfiguration['histograms'] | undefined {
  const name = 'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION'
  const value = variable(name)
  if (value === undefined) return undefined
  const words = ['explicit_bucket_histogram', 'base2_exponential_bucket_histogram'] as const
  return wordOf({ name, value }, words) === 'base2_exponential_bucket_histogram' ? 'exponential' : 'explicit'
}
