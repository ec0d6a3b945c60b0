import { type BackendRule, backendRules } from '../backend-rules.js'
import type { AnyPreset } from './create-preset.js'
import { formatText, headerTexts, type PrintedText, type Secrets, urlText } from './printed-text.js'

/** Options of printed presets. */
export interface PrintOptions {
  /** Whether to print credentials, or variable names in their place. Default `placeholders`. */
  readonly secrets?: Secrets | undefined
}

/**
 * Prints a preset as lines for a shell, an env file or a container, which `start()` and other OpenTelemetry SDKs read.
 * `${NAME}` is a placeholder for a percent-encoded credential. Never throws.
 *
 * @example
 * writeFileSync('.env', toEnvironment(datadog({ site: 'datadoghq.eu', apiKey: 'not printed' })))
 */
export function toEnvironment(preset: AnyPreset, { secrets = 'placeholders' }: PrintOptions = {}): string {
  const headers = headerTexts(preset, secrets)
  const { auth }: BackendRule = backendRules[preset.backend]
  const own = 'OTEL_EXPORTER_OTLP_METRICS_'
  const variables: readonly (readonly [string, string | undefined])[] = [
    ['OTEL_METRICS_EXPORTER', 'otlp'],
    [`${own}ENDPOINT`, environmentText(urlText(preset, secrets), (literal) => literal)],
    [
      `${own}HEADERS`,
      headers.length === 0
        ? undefined
        : headers.map(([name, text]) => `${name}=${environmentText(text, encoded)}`).join(','),
    ],
    [`${own}PROTOCOL`, preset.protocol],
    [`${own}COMPRESSION`, preset.compression],
    [`${own}TEMPORALITY_PREFERENCE`, preset.temporality],
    [
      `${own}DEFAULT_HISTOGRAM_AGGREGATION`,
      preset.histograms === 'exponential' ? 'base2_exponential_bucket_histogram' : 'explicit_bucket_histogram',
    ],
    [`${own}TIMEOUT`, preset.timeoutMs?.toString()],
    ['OTEL_METRIC_EXPORT_INTERVAL', preset.intervalMs?.toString()],
    ['QUIPU_OTLP_MAX_POINTS_PER_REQUEST', preset.maxPointsPerRequest?.toString()],
    ['QUIPU_OTLP_SPOOL_DIRECTORY', preset.spool?.directory],
  ]
  const note = secrets === 'placeholders' && auth?.what !== undefined ? [`# ${auth.variable}: ${auth.what}`] : []
  const lines = variables.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${quotedForShell(value)}`]))
  return `${[...note, ...lines].join('\n')}\n`
}

/**
 * Prints a preset as the options of `start()`. Never throws.
 * @param options `format`: `typescript` is an expression with credentials from `process.env`; `json` has `${NAME}`
 * @example
 * console.log(`start(${toStartOptions(honeycomb({ apiKey, dataset: 'shop' }))})`)
 */
export function toStartOptions(
  preset: AnyPreset,
  { secrets = 'placeholders', format = 'typescript' }: PrintOptions & { readonly format?: 'typescript' | 'json' } = {},
): string {
  const isJson = format === 'json'
  const text = (value: PrintedText): string => (isJson ? jsonText(value) : typescriptText(value))
  const name = (key: string): string => (!isJson && /^[A-Za-z_]\w*$/.test(key) ? key : text([key]))
  const headers = headerTexts(preset, secrets).map(([key, value]) => `${name(key)}: ${text(value)}`)
  const { backend, url: _url, headers: _headers, spool, ...rest } = preset
  const limits = Object.entries(spool ?? {}).map(([key, value]) => `${name(key)}: ${scalar(value, text)}`)
  const fields: readonly (readonly [string, string])[] = [
    ['backend', text([backend])],
    ['url', text(urlText(preset, secrets))],
    ['headers', headers.length === 0 ? '{}' : `{ ${headers.join(', ')} }`],
    ...Object.entries(rest).map(([key, value]) => [key, scalar(value, text)] as const),
    ...(spool === undefined ? [] : [['spool', `{ ${limits.join(', ')} }`] as const]),
  ]
  const end = isJson ? '' : ','
  const body = fields.map(([key, value]) => `    ${name(key)}: ${value}`).join(',\n')
  return `{\n  ${name('otlp')}: {\n${body}${end}\n  }${end}\n}`
}

function scalar(value: string | number | undefined, text: (value: PrintedText) => string): string {
  return typeof value === 'string' ? text([value]) : String(value)
}

function environmentText(text: PrintedText, piece: (literal: string) => string): string {
  return formatText(text, piece, (variable) => `\${${variable}}`)
}

/** Percent-encodes a value like OTEL_EXPORTER_OTLP_HEADERS requires, including characters with a meaning in a shell. */
function encoded(literal: string): string {
  return encodeURIComponent(literal).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Most values need no quotes; placeholders within quotes are still replaced. */
function quotedForShell(value: string): string {
  return /^[\w.:/%=,+@${}-]*$/.test(value) ? value : `"${value.replace(/[\\"`]/g, '\\$&')}"`
}

function jsonText(text: PrintedText): string {
  return JSON.stringify(
    formatText(
      text,
      (literal) => literal,
      (variable) => `\${${variable}}`,
    ),
  )
}

function typescriptText(text: PrintedText): string {
  if (text.every((each) => typeof each === 'string')) return `'${escaped(text.join(''), "'")}'`
  return `\`${formatText(
    text,
    (literal) => escaped(literal, '`').replaceAll('${', '\\${'),
    (variable) => `\${process.env.${variable}}`,
  )}\``
}

function escaped(literal: string, quote: string): string {
  return JSON.stringify(literal).slice(1, -1).replaceAll('\\"', '"').replaceAll(quote, `\\${quote}`)
}
