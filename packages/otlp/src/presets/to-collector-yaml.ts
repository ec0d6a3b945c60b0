import { type BackendRule, backendRules } from '../backend-rules.js'
import type { SpoolOptions } from '../spool/spool-options.js'
import { type AnyCollectorPreset, isCollectorBackend } from './collector-preset.js'
import { type AnyPreset, createPreset, type Preset } from './create-preset.js'
import { logsUrlOf } from './logs-url.js'
import type { PrintOptions } from './print-preset.js'
import { formatText, headerTexts, type PrintedText, type Secrets, urlText } from './printed-text.js'

/**
 * Returns the options for an application that sends to a Collector with the configuration of a preset, in the form of
 * the back end: a Collector that converts between delta and cumulative has to keep every series.
 * Never throws.
 *
 * @param options `url`: of the Collector. Default `http://localhost:4318`
 * @example
 * start({ otlp: toCollector(cloudwatch({ region: 'eu-central-1' })) })
 */
export function toCollector(
  preset: AnyPreset | AnyCollectorPreset,
  { url = 'http://localhost:4318' }: { readonly url?: string } = {},
): Preset<'collector'> {
  const { temporality, histograms } = preset
  return createPreset('collector', { url, compression: 'none' }, { temporality, histograms })
}

/** Options of a printed configuration. */
export interface CollectorYamlOptions extends PrintOptions {
  /**
   * Limits of the Collector's queue on disk while the back end is unavailable. Default: those of the preset, otherwise
   * no queue.
   */
  readonly spool?: SpoolOptions | undefined
}

/**
 * Prints a preset as a Collector's configuration: an OTLP receiver on localhost:4318, batches within the back end's
 * limits, and its exporter, with a queue on disk if there is a `spool`. `${env:NAME}` is a placeholder for a
 * credential. It needs a Collector with the component names of 2026 (`otlp_http`). Never throws.
 * @example
 * writeFileSync('collector.yaml', toCollectorYaml(gcp({ project: 'shop' })))
 */
export function toCollectorYaml(
  preset: AnyPreset | AnyCollectorPreset,
  { secrets = 'placeholders', spool = isForCollector(preset) ? undefined : preset.spool }: CollectorYamlOptions = {},
): string {
  const exporter = `otlp_http/${preset.backend.replace(/[A-Z]/g, (char) => `_${char.toLowerCase()}`)}`
  const extension = isForCollector(preset) ? preset.extension : undefined
  const resource = isForCollector(preset) ? preset.resource : undefined
  const logs = logsOf(preset, secrets)
  const max = preset.maxPointsPerRequest
  const extensions = {
    ...(extension && { [extension.name]: extension.settings }),
    ...(spool && { [STORAGE]: { directory: literal(spool.directory), create_directory: true } }),
  }
  const configuration = {
    receivers: { otlp: { protocols: { http: { endpoint: `localhost:${receiverPort(preset.url)}` } } } },
    processors: {
      ...(resource && { transform: { metric_statements: Object.entries(resource).map(setUnlessThere) } }),
      batch: max === undefined ? {} : { send_batch_size: max, send_batch_max_size: max },
    },
    exporters: {
      [exporter]: {
        metrics_endpoint: collectorText(urlText(preset, secrets)),
        ...(logs.endpoint && { logs_endpoint: logs.endpoint }),
        ...(isForCollector(preset) ? { auth: { authenticator: preset.extension.name } } : settingsOf(preset, secrets)),
        ...(spool && queueOn(spool)),
      },
    },
    ...(Object.keys(extensions).length > 0 && { extensions }),
    service: {
      ...(Object.keys(extensions).length > 0 && { extensions: Object.keys(extensions) }),
      pipelines: {
        metrics: {
          receivers: ['otlp'],
          processors: resource === undefined ? ['batch'] : ['transform', 'batch'],
          exporters: [exporter],
        },
        ...(logs.endpoint && { logs: { receivers: ['otlp'], processors: ['batch'], exporters: [exporter] } }),
      },
    },
  }
  const { temporality, histograms } = preset
  return [
    `# The application sends ${temporality} metrics with ${histograms} histograms: toCollector(${preset.backend}({ … })).`,
    ...(logs.reason === undefined ? [] : [`# No log records: ${logs.reason}.`]),
    ...toYaml(configuration),
    '',
  ].join('\n')
}

const STORAGE = 'file_storage'

/** Undelivered batches are on disk and retried as long as they are worth sending. */
function queueOn({ maxBytes = 64 * 1024 * 1024, maxAgeMs = 24 * 60 * 60 * 1000 }: SpoolOptions) {
  return {
    sending_queue: { storage: STORAGE, sizer: 'bytes', queue_size: maxBytes },
    retry_on_failure: { max_elapsed_time: `${maxAgeMs}ms` },
  }
}

function logsOf(
  preset: AnyPreset | AnyCollectorPreset,
  secrets: Secrets,
): { readonly endpoint?: string; readonly reason?: string } {
  if (isForCollector(preset)) return { reason: 'the preset is for metrics; log records have another address' }
  const { noLogs }: BackendRule = backendRules[preset.backend]
  if (noLogs !== undefined) return { reason: noLogs }
  const url = logsUrlOf(preset.url)
  if (url === undefined) return { reason: 'their address cannot be derived from the URL' }
  return { endpoint: collectorText(urlText({ url }, secrets)) }
}

function isForCollector(preset: AnyPreset | AnyCollectorPreset): preset is AnyCollectorPreset {
  return isCollectorBackend(preset.backend)
}

function settingsOf(preset: AnyPreset, secrets: PrintOptions['secrets']): { readonly [key: string]: Yaml } {
  const headers = headerTexts(preset, secrets ?? 'placeholders').map(([name, text]) => [name, collectorText(text)])
  return {
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    encoding: preset.protocol === 'http/json' ? 'json' : 'proto',
    compression: preset.compression,
    ...(preset.timeoutMs !== undefined && { timeout: `${preset.timeoutMs}ms` }),
  }
}

/** A port other than the one it sends to, for a Collector that sends to another one on the same host. */
function receiverPort(url: string): number {
  return /^https?:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]):4318(?:\/|$)/.test(url) ? 14_318 : 4318
}

function setUnlessThere([name, value]: readonly [string, string]): string {
  const attribute = `resource.attributes[${JSON.stringify(name)}]`
  return literal(`set(${attribute}, ${JSON.stringify(value)}) where ${attribute} == nil`)
}

/** A Collector replaces `${…}` anywhere in its file; `$$` is a dollar sign. */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$')
}

function collectorText(text: PrintedText): string {
  return formatText(text, literal, (variable) => `\${env:${variable}}`)
}

type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml }

/** Lines in block style; texts are quoted as in JSON, which is YAML. */
function toYaml(value: { readonly [key: string]: Yaml }, indent = ''): readonly string[] {
  return Object.entries(value).flatMap(([key, each]) => {
    const name = `${indent}${/^[A-Za-z_][\w./-]*$/.test(key) ? key : JSON.stringify(key)}:`
    return isMap(each) && Object.keys(each).length > 0
      ? [name, ...toYaml(each, `${indent}  `)]
      : [`${name} ${flow(each)}`]
  })
}

function flow(value: Yaml): string {
  return typeof value === 'string' &&
    /^[A-Za-z][\w/]*$/.test(value) &&
    !/^(?:true|false|yes|no|on|off|null|y|n)$/i.test(value)
    ? value
    : isList(value)
      ? `[${value.map(flow).join(', ')}]`
      : JSON.stringify(value)
}

function isList(value: Yaml): value is readonly Yaml[] {
  return Array.isArray(value)
}

function isMap(value: Yaml): value is { readonly [key: string]: Yaml } {
  return typeof value === 'object' && !isList(value)
}
