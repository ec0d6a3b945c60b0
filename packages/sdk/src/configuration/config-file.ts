import type { ConfigurationModel, PeriodicMetricReaderConfigModel } from '@opentelemetry/configuration'
import { loadConfiguration } from '../optional.cjs'

/** The content of a configuration file, as environment variables of the same meaning. */
export interface ConfigFile {
  readonly variables: ReadonlyMap<string, string>
  /** Paths in the file that Quipu does not use. */
  readonly unused: readonly string[]
}

/**
 * Reads the file of OTEL_CONFIG_FILE (OpenTelemetry declarative configuration 1.0): its resource and metric readers.
 * @returns undefined for an unreadable or invalid file, without the reason, because a parser's error can quote secrets
 */
export function readConfigFile(): ConfigFile | undefined {
  try {
    const configuration = loadConfiguration()
    return toConfigFile(configuration.createConfigFactory().getConfigModel())
  } catch {
    return undefined
  }
}

type Reader = NonNullable<NonNullable<ConfigurationModel['meter_provider']>['readers']>[number]
type Variables = Map<string, string>
/** Stores a value of the file under the variable of the same meaning, unless it is unset. */
type Take = (name: string, value: string | number | boolean | null | undefined) => void

function toConfigFile({ disabled, resource, meter_provider: meter, ...others }: ConfigurationModel): ConfigFile {
  const variables: Variables = new Map()
  const take: Take = (name, value) => {
    if (value !== undefined && value !== null) variables.set(name, String(value))
  }
  take('OTEL_SDK_DISABLED', disabled)
  const attributes = resource?.attributes?.map(({ name, value }) => pair(name, String(value))) ?? []
  // Later pairs win: those of `attributes` over those of the list.
  take('OTEL_RESOURCE_ATTRIBUTES', [resource?.attributes_list ?? '', ...attributes].filter(Boolean).join(','))
  const names = new Set<string>()
  const unused = (meter?.readers ?? []).flatMap((reader, i) => {
    const name = takeReader(reader, names, take)
    if (name === undefined) return [`meter_provider.readers[${i}]`]
    names.add(name)
    return []
  })
  take('OTEL_METRICS_EXPORTER', names.size === 0 ? 'none' : [...names].join(','))
  const parts = {
    ...others,
    ...prefixed('meter_provider', meter, 'readers'),
    ...prefixed('resource', resource, 'attributes'),
  }
  return {
    variables,
    unused: [...unused, ...Object.keys(parts).filter((key) => isUnused(key, Reflect.get(parts, key)))],
  }
}

/** Returns the exporter's name; undefined if Quipu has no such exporter, or an earlier reader uses it. */
function takeReader({ periodic, pull }: Reader, names: ReadonlySet<string>, take: Take): string | undefined {
  const page = pull?.exporter['prometheus/development']
  if (pull !== undefined) {
    if (page === undefined || names.has('prometheus')) return undefined
    take('OTEL_EXPORTER_PROMETHEUS_HOST', page?.host)
    take('OTEL_EXPORTER_PROMETHEUS_PORT', page?.port)
    return 'prometheus'
  }
  if (periodic === undefined) return undefined
  const name = 'console' in periodic.exporter ? 'console' : 'otlp'
  if (names.has(name) || (name === 'otlp' && !takeOtlp(periodic.exporter, take))) return undefined
  take('OTEL_METRIC_EXPORT_INTERVAL', periodic.interval)
  take('OTEL_METRIC_EXPORT_TIMEOUT', periodic.timeout)
  return name
}

function takeOtlp(
  { otlp_http: http, otlp_grpc: grpc }: PeriodicMetricReaderConfigModel['exporter'],
  take: Take,
): boolean {
  const exporter = http ?? grpc
  if (exporter === undefined || exporter === null) return http === null || grpc === null
  const own = 'OTEL_EXPORTER_OTLP_METRICS_'
  take(`${own}PROTOCOL`, http === undefined ? 'grpc' : http?.encoding === 'json' ? 'http/json' : 'http/protobuf')
  take(`${own}ENDPOINT`, exporter.endpoint)
  take(`${own}COMPRESSION`, exporter.compression)
  take(`${own}TIMEOUT`, exporter.timeout)
  const headers = exporter.headers?.map(({ name, value }) => pair(name, value ?? '')) ?? []
  const list = [exporter.headers_list ?? '', ...headers].filter(Boolean).join(',')
  take(`${own}HEADERS`, list === '' ? undefined : list)
  take(`${own}TEMPORALITY_PREFERENCE`, exporter.temporality_preference?.replace('low_memory', 'lowmemory'))
  take(`${own}DEFAULT_HISTOGRAM_AGGREGATION`, exporter.default_histogram_aggregation)
  take(`${own}CERTIFICATE`, exporter.tls?.ca_file)
  take(`${own}CLIENT_CERTIFICATE`, exporter.tls?.cert_file)
  take(`${own}CLIENT_KEY`, exporter.tls?.key_file)
  take(`${own}INSECURE`, grpc?.tls?.insecure)
  return true
}

function pair(name: string, value: string): string {
  return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`
}

/** The unused parts of an object, under their paths. */
function prefixed(path: string, parts: object | null | undefined, used: string): object {
  const others = Object.entries(parts ?? {}).filter(([key]) => !key.startsWith(used))
  return Object.fromEntries(others.map(([key, value]) => [`${path}.${key}`, value]))
}

/** Omitted and empty settings count as used. */
function isUnused(key: string, value: unknown): boolean {
  if (key === 'file_format' || value === undefined || value === null) return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}
