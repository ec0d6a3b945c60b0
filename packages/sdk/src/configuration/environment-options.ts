import { readFileSync } from 'node:fs'
import {
  flag,
  group,
  instance,
  listOf,
  mapOf,
  milliseconds,
  type OptionType,
  option,
  text,
  word,
} from '@quipu/catalog/options'

/** `key=value,key=value`, both percent-encoded, OpenTelemetry's format of lists of pairs. */
export const pairs: OptionType<{ readonly [key: string]: string }> = {
  ...mapOf(text({ min: 0, expected: 'a text' }), {
    key: /^.+$/s,
    expected: 'a list of key=value, with %2C for a comma and %25 for a percent sign',
  }),
  parse: parsePairs,
}

/**
 * The content of a PEM file. A separate name, because declarations of `Buffer` differ between versions of Node's types.
 */
export interface PemFile extends Buffer {}

const file: OptionType<PemFile> = {
  ...instance<PemFile>('the name of a file that this process may read', Buffer.isBuffer),
  parse: parseFile,
}

/** `true` or `false`; OpenTelemetry's own flags accept no other words. */
const strictFlag: OptionType<boolean> = {
  ...flag,
  parse: (value) => (/^(?:true|false)$/i.test(value) ? value.toLowerCase() === 'true' : value),
}

/** Settings without an option in code. */
export const environmentOptions = group({
  /** Turns everything off: nothing is recorded, served or exported. */
  disabled: option(strictFlag, { default: false, variables: ['OTEL_SDK_DISABLED'] }),
  /**
   * OpenTelemetry's configuration file, version 1. Its resource and metric readers replace all other `OTEL_*`
   * variables. Parts of the file that Quipu does not use are listed on stderr.
   */
  configFile: option(text(), { variables: ['OTEL_CONFIG_FILE'], otherwise: 'none' }),
  /**
   * Outputs of the metrics, if code does not choose: `prometheus` serves the pages, `otlp` pushes, `console` prints,
   * `none` disables all.
   */
  metricsExporters: option(listOf(word(['otlp', 'prometheus', 'console', 'none'])), {
    variables: ['OTEL_METRICS_EXPORTER'],
    otherwise: '`otlp` if it has an endpoint, under `register` also `prometheus`',
  }),
  /** Outputs of log records; `otlp` also exports activity events. */
  logsExporters: option(listOf(text()), { variables: ['OTEL_LOGS_EXPORTER'], otherwise: 'none' }),
  /** Maximum time in milliseconds for one collection and export of a reader. */
  exportTimeoutMs: option(milliseconds, { default: 30_000, variables: ['OTEL_METRIC_EXPORT_TIMEOUT'] }),
  /** Which recorded values keep the trace in which they were recorded, if code does not choose by `exemplars`. */
  exemplarFilter: option(word(['trace_based', 'always_on', 'always_off']), {
    variables: ['OTEL_METRICS_EXEMPLAR_FILTER'],
    otherwise: 'none',
  }),
  /** Attributes of the resource, as in `team=search,deployment.environment.name=staging`. */
  resourceAttributes: option(pairs, { variables: ['OTEL_RESOURCE_ATTRIBUTES'], otherwise: 'none' }),
  /**
   * Detectors of resource attributes. Only these detectors read the process's command line and the names of its owner
   * and host.
   */
  resourceDetectors: option(listOf(word(['env', 'host', 'os', 'process', 'serviceinstance', 'all', 'none'])), {
    variables: ['OTEL_NODE_RESOURCE_DETECTORS'],
    otherwise: 'none',
  }),
  /** PEM file of the certificates that must sign the back end's certificate. */
  certificate: option(file, {
    variables: ['OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE', 'OTEL_EXPORTER_OTLP_CERTIFICATE'],
    otherwise: "Node's own",
    secret: true,
  }),
  /** PEM file of the client's certificate. */
  clientCertificate: option(file, {
    variables: ['OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE', 'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE'],
    otherwise: 'none',
    secret: true,
  }),
  /** PEM file of the client's private key. */
  clientKey: option(file, {
    variables: ['OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY', 'OTEL_EXPORTER_OTLP_CLIENT_KEY'],
    otherwise: 'none',
    secret: true,
  }),
  /** Whether gRPC to an endpoint without a scheme, such as `collector:4317`, is unencrypted. */
  insecure: option(strictFlag, {
    default: false,
    variables: ['OTEL_EXPORTER_OTLP_METRICS_INSECURE', 'OTEL_EXPORTER_OTLP_INSECURE'],
  }),
})

/**
 * Returns the pairs, or undefined if one cannot be decoded, because then the whole value is ignored (resource SDK
 * specification).
 */
function parsePairs(value: string): unknown {
  const parts = value.split(',').filter((part) => part.trim() !== '')
  try {
    return Object.fromEntries(
      parts.map((part) => {
        const at = part.indexOf('=')
        if (at < 0) throw new TypeError('a pair without =')
        return [decodeURIComponent(part.slice(0, at).trim()), decodeURIComponent(part.slice(at + 1).trim())]
      }),
    )
  } catch {
    return undefined
  }
}

function parseFile(name: string): unknown {
  try {
    return readFileSync(name)
  } catch {
    return undefined
  }
}
