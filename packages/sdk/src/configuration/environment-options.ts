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

/** `key=value,key=value` with both percent-encoded, as OpenTelemetry writes lists of pairs. */
export const pairs: OptionType<{ readonly [key: string]: string }> = {
  ...mapOf(text({ min: 0, expected: 'a text' }), {
    key: /^.+$/s,
    expected: 'a list of key=value, with %2C for a comma and %25 for a percent sign',
  }),
  parse: parsePairs,
}

/** The content of a PEM file, by its name. */
/** The bytes of a PEM file. A name of its own: declarations of `Buffer` differ between versions of Node's types. */
export interface PemFile extends Buffer {}

const file: OptionType<PemFile> = {
  ...instance<PemFile>('the name of a file that this process may read', Buffer.isBuffer),
  parse: parseFile,
}

/** True or false; OpenTelemetry's own flags know no other words. */
const strictFlag: OptionType<boolean> = {
  ...flag,
  parse: (value) => (/^(?:true|false)$/i.test(value) ? value.toLowerCase() === 'true' : value),
}

/** What only the environment says: these have no option in code. */
export const environmentOptions = group({
  /** Turns everything off: nothing is recorded, served or exported. */
  disabled: option(strictFlag, { default: false, variables: ['OTEL_SDK_DISABLED'] }),
  /**
   * OpenTelemetry's configuration file, version 1. Its resource and metric readers take the place of all other `OTEL_*`
   * variables; what else it has is named on stderr as not used.
   */
  configFile: option(text(), { variables: ['OTEL_CONFIG_FILE'], otherwise: 'none' }),
  /** Ways out for the metrics, where code does not choose: `prometheus` serves the pages, `otlp` pushes, `console` prints, `none` disables all. */
  metricsExporters: option(listOf(word(['otlp', 'prometheus', 'console', 'none'])), {
    variables: ['OTEL_METRICS_EXPORTER'],
    otherwise: '`otlp` when there is an endpoint for it, under `register` also `prometheus`',
  }),
  /** Ways out for log records; with `otlp` activity events go there. */
  logsExporters: option(listOf(text()), { variables: ['OTEL_LOGS_EXPORTER'], otherwise: 'none' }),
  /** Longest time in milliseconds for one collection and export of a reader. */
  exportTimeoutMs: option(milliseconds, { default: 30_000, variables: ['OTEL_METRIC_EXPORT_TIMEOUT'] }),
  /** Attributes of the resource, as in `team=search,deployment.environment.name=staging`. */
  resourceAttributes: option(pairs, { variables: ['OTEL_RESOURCE_ATTRIBUTES'], otherwise: 'none' }),
  /** Detectors of resource attributes. The process's command line, its owner's name and the host's are found only by them. */
  resourceDetectors: option(listOf(word(['env', 'host', 'os', 'process', 'serviceinstance', 'all', 'none'])), {
    variables: ['OTEL_NODE_RESOURCE_DETECTORS'],
    otherwise: 'none',
  }),
  /** PEM file of the certificates that the back end's one must be signed by. */
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

/** The pairs, or undefined when one cannot be decoded: the whole value is then ignored (resource SDK specification). */
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
