import { checkPresetOptions, createPreset, type Preset, type PresetOptions, required } from './create-preset.js'

/**
 * Creates a preset for an OpenTelemetry Collector.
 *
 * @param options `url`: default `http://localhost:4318`; temporality, histograms, `intervalMs`, `timeoutMs` and `spool`
 * @returns a preset for `start({ otlp })`
 * @throws QuipuError QUIPU_CONFIG_INVALID, QUIPU_BACKEND_REFUSES
 * @see https://opentelemetry.io/docs/collector/
 * @example
 * start({ otlp: collector({ url: 'http://collector:4318' }) })
 */
export function collector(options: PresetOptions<'collector'> & { readonly url?: string } = {}): Preset<'collector'> {
  checkPresetOptions('collector', options, ['url'])
  const { url = 'http://localhost:4318' } = options
  return createPreset('collector', { url, compression: 'none' }, options)
}

/**
 * Creates a preset for a Datadog Agent next to the application.
 *
 * @param options `url`: default `http://localhost:4318`
 * @returns a preset for `start({ otlp })`
 * @throws QuipuError QUIPU_CONFIG_INVALID, QUIPU_BACKEND_REFUSES
 * @see https://docs.datadoghq.com/opentelemetry/setup/agent/
 * @example
 * start({ otlp: datadogAgent() })
 */
export function datadogAgent(
  options: PresetOptions<'datadogAgent'> & { readonly url?: string } = {},
): Preset<'datadogAgent'> {
  checkPresetOptions('datadogAgent', options, ['url'])
  return createPreset('datadogAgent', { url: options.url ?? 'http://localhost:4318', compression: 'none' }, options)
}

/**
 * Creates a preset for Prometheus 3 with `--web.enable-otlp-receiver`.
 *
 * @param options `url`: default `http://localhost:9090`
 * @returns a preset for `start({ otlp })`
 * @throws QuipuError QUIPU_CONFIG_INVALID, QUIPU_BACKEND_REFUSES
 * @see https://prometheus.io/docs/guides/opentelemetry/
 * @example
 * start({ otlp: prometheus({ url: 'http://prometheus:9090' }) })
 */
export function prometheus(
  options: PresetOptions<'prometheus'> & { readonly url?: string } = {},
): Preset<'prometheus'> {
  checkPresetOptions('prometheus', options, ['url'])
  const url = `${base(options.url ?? 'http://localhost:9090')}/api/v1/otlp/v1/metrics`
  return createPreset('prometheus', { url }, options)
}

/**
 * Creates a preset for Grafana Mimir.
 *
 * @param options `url`; `tenant`, if Mimir has several
 * @returns a preset for `start({ otlp })`
 * @throws QuipuError QUIPU_CONFIG_INVALID, QUIPU_BACKEND_REFUSES
 * @see https://grafana.com/docs/mimir/latest/configure/configure-otel-collector/
 * @example
 * start({ otlp: mimir({ url: 'http://mimir:9009', tenant: 'shop' }) })
 */
export function mimir(
  options: PresetOptions<'mimir'> & { readonly url: string; readonly tenant?: string },
): Preset<'mimir'> {
  checkPresetOptions('mimir', options, ['url', 'tenant'])
  const headers = options.tenant === undefined ? {} : { 'x-scope-orgid': required('mimir', 'tenant', options.tenant) }
  return createPreset(
    'mimir',
    { url: `${base(required('mimir', 'url', options.url))}/otlp/v1/metrics`, headers },
    options,
  )
}

/**
 * Creates a preset for VictoriaMetrics.
 *
 * @param options `url`: default `http://localhost:8428`
 * @returns a preset for `start({ otlp })`
 * @throws QuipuError QUIPU_CONFIG_INVALID, QUIPU_BACKEND_REFUSES
 * @see https://docs.victoriametrics.com/victoriametrics/integrations/opentelemetry/
 * @example
 * start({ otlp: victoriaMetrics() })
 */
export function victoriaMetrics(
  options: PresetOptions<'victoriaMetrics'> & { readonly url?: string } = {},
): Preset<'victoriaMetrics'> {
  checkPresetOptions('victoriaMetrics', options, ['url'])
  const url = `${base(options.url ?? 'http://localhost:8428')}/opentelemetry/v1/metrics`
  return createPreset('victoriaMetrics', { url }, options)
}

function base(url: string): string {
  return url.replace(/\/+$/, '')
}
