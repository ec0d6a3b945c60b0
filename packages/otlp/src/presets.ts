import { checkPresetOptions, createPreset, type Preset, type PresetOptions, required } from './presets/create-preset.js'

export type { BackendChoice, BackendName } from './backend-rules.js'
export { type CatalogFinding, checkCatalogFor } from './presets/check-catalog-for.js'
export { azure, cloudwatch, gcp, langfuse, phoenix } from './presets/collector-only.js'
export type { CollectorBackend, CollectorPreset } from './presets/collector-preset.js'
export type { Preset, PresetOptions } from './presets/create-preset.js'
export { type PrintOptions, toEnvironment, toStartOptions } from './presets/print-preset.js'
export { collector, datadogAgent, mimir, prometheus, victoriaMetrics } from './presets/self-hosted.js'
export { type CollectorYamlOptions, toCollector, toCollectorYaml } from './presets/to-collector-yaml.js'

/**
 * Creates a preset for Datadog without an Agent. Only sites with an OTLP intake are accepted.
 *
 * @see https://docs.datadoghq.com/opentelemetry/setup/otlp_ingest/metrics/
 * @throws QuipuError QUIPU_CONFIG_INVALID, QUIPU_BACKEND_REFUSES
 * @example
 * start({ otlp: datadog({ site: 'datadoghq.eu', apiKey }) })
 */
export function datadog(
  options: PresetOptions<'datadog'> & {
    readonly site:
      | 'datadoghq.com'
      | 'datadoghq.eu'
      | 'us3.datadoghq.com'
      | 'us5.datadoghq.com'
      | 'ap1.datadoghq.com'
      | 'ap2.datadoghq.com'
    readonly apiKey: string
  },
): Preset<'datadog'> {
  checkPresetOptions('datadog', options, ['site', 'apiKey'])
  const site = required('datadog', 'site', options.site)
  // Points of two processes with the same tags and second overwrite each other, so the instance id must be a tag.
  const metricConfig = JSON.stringify({ resource_attributes_as_tags: true, histograms: { mode: 'distributions' } })
  return createPreset(
    'datadog',
    {
      url: `https://otlp.${site}/v1/metrics`,
      headers: { 'dd-api-key': required('datadog', 'apiKey', options.apiKey), 'dd-otel-metric-config': metricConfig },
    },
    options,
  )
}

/**
 * Creates a preset for New Relic.
 *
 * @param options `licenseKey` of the account; `region` of the account, default `us`
 * @returns a preset for `start({ otlp })`
 * @throws QuipuError QUIPU_CONFIG_INVALID, QUIPU_BACKEND_REFUSES
 * @see https://docs.newrelic.com/docs/opentelemetry/best-practices/opentelemetry-otlp/
 * @example
 * start({ otlp: newrelic({ licenseKey }) })
 */
export function newrelic(
  options: PresetOptions<'newrelic'> & { readonly region?: 'us' | 'eu' | 'gov'; readonly licenseKey: string },
): Preset<'newrelic'> {
  checkPresetOptions('newrelic', options, ['region', 'licenseKey'])
  const hosts = { us: 'otlp.nr-data.net', eu: 'otlp.eu01.nr-data.net', gov: 'gov-otlp.nr-data.net' }
  return createPreset(
    'newrelic',
    {
      url: `https://${hosts[options.region ?? 'us']}/v1/metrics`,
      headers: { 'api-key': required('newrelic', 'licenseKey', options.licenseKey) },
    },
    options,
  )
}

/**
 * Creates a preset for Dynatrace.
 *
 * @param options `environment`: the first part of the tenant's host; `apiToken`: an API token with the scope `metrics.ingest`
 * @returns a preset for `start({ otlp })`
 * @throws QuipuError QUIPU_CONFIG_INVALID, QUIPU_BACKEND_REFUSES
 * @see https://docs.dynatrace.com/docs/ingest-from/opentelemetry/otlp-api/ingest-otlp-metrics
 * @example
 * start({ otlp: dynatrace({ environment: 'abc12345', apiToken }) })
 */
export function dynatrace(
  options: PresetOptions<'dynatrace'> & { readonly environment: string; readonly apiToken: string },
): Preset<'dynatrace'> {
  checkPresetOptions('dynatrace', options, ['environment', 'apiToken'])
  const environment = required('dynatrace', 'environment', options.environment)
  return createPreset(
    'dynatrace',
    {
      url: `https://${environment}.live.dynatrace.com/api/v2/otlp/v1/metrics`,
      headers: { authorization: `Api-Token ${required('dynatrace', 'apiToken', options.apiToken)}` },
    },
    options,
  )
}

/**
 * Creates a preset for Honeycomb.
 *
 * @param options `apiKey`; `dataset`: a dataset for metrics only; `region`, default `us`
 * @returns a preset for `start({ otlp })`
 * @throws QuipuError QUIPU_CONFIG_INVALID, QUIPU_BACKEND_REFUSES
 * @see https://docs.honeycomb.io/send-data/metrics/application
 * @example
 * start({ otlp: honeycomb({ apiKey, dataset: 'shop' }) })
 */
export function honeycomb(
  options: PresetOptions<'honeycomb'> & {
    readonly region?: 'us' | 'eu'
    readonly apiKey: string
    readonly dataset: string
  },
): Preset<'honeycomb'> {
  checkPresetOptions('honeycomb', options, ['region', 'apiKey', 'dataset'])
  const host = options.region === 'eu' ? 'api.eu1.honeycomb.io' : 'api.honeycomb.io'
  return createPreset(
    'honeycomb',
    {
      url: `https://${host}/v1/metrics`,
      headers: {
        'x-honeycomb-team': required('honeycomb', 'apiKey', options.apiKey),
        'x-honeycomb-dataset': required('honeycomb', 'dataset', options.dataset),
      },
    },
    options,
  )
}

/**
 * Creates a preset for Grafana Cloud.
 *
 * @param options `zone` of the stack, such as `eu-west-2`; `instanceId`; an access `token`
 * @returns a preset for `start({ otlp })`
 * @throws QuipuError QUIPU_CONFIG_INVALID, QUIPU_BACKEND_REFUSES
 * @see https://grafana.com/docs/grafana-cloud/send-data/otlp/send-data-otlp/
 * @example
 * start({ otlp: grafanaCloud({ zone: 'eu-west-2', instanceId: '123456', token }) })
 */
export function grafanaCloud(
  options: PresetOptions<'grafanaCloud'> & {
    readonly zone: string
    readonly instanceId: string
    readonly token: string
  },
): Preset<'grafanaCloud'> {
  checkPresetOptions('grafanaCloud', options, ['zone', 'instanceId', 'token'])
  const zone = required('grafanaCloud', 'zone', options.zone)
  const instanceId = required('grafanaCloud', 'instanceId', options.instanceId)
  const token = required('grafanaCloud', 'token', options.token)
  return createPreset(
    'grafanaCloud',
    {
      url: `https://otlp-gateway-prod-${zone}.grafana.net/otlp/v1/metrics`,
      headers: { authorization: `Basic ${Buffer.from(`${instanceId}:${token}`).toString('base64')}` },
    },
    options,
  )
}

/**
 * Creates a preset for Splunk Observability Cloud.
 *
 * @param options `realm`, such as `eu0`; `accessToken`: an ingest token
 * @returns a preset for `start({ otlp })`
 * @throws QuipuError QUIPU_CONFIG_INVALID, QUIPU_BACKEND_REFUSES
 * @see https://help.splunk.com/en/splunk-observability-cloud
 * @example
 * start({ otlp: splunk({ realm: 'eu0', accessToken }) })
 */
export function splunk(
  options: PresetOptions<'splunk'> & { readonly realm: string; readonly accessToken: string },
): Preset<'splunk'> {
  checkPresetOptions('splunk', options, ['realm', 'accessToken'])
  const realm = required('splunk', 'realm', options.realm)
  return createPreset(
    'splunk',
    {
      url: `https://ingest.${realm}.observability.splunkcloud.com/v2/datapoint/otlp`,
      headers: { 'x-sf-token': required('splunk', 'accessToken', options.accessToken) },
    },
    options,
  )
}

/**
 * Creates a preset for the managed OTLP endpoint of an Elastic project.
 *
 * @param options `url` of the endpoint; `apiKey`
 * @returns a preset for `start({ otlp })`
 * @throws QuipuError QUIPU_CONFIG_INVALID, QUIPU_BACKEND_REFUSES
 * @see https://www.elastic.co/docs/reference/opentelemetry/motlp/managed-otlp-endpoint
 * @example
 * start({ otlp: elastic({ url: 'https://shop.ingest.eu-west-1.aws.elastic.cloud', apiKey }) })
 */
export function elastic(
  options: PresetOptions<'elastic'> & { readonly url: string; readonly apiKey: string },
): Preset<'elastic'> {
  checkPresetOptions('elastic', options, ['url', 'apiKey'])
  const headers = { authorization: `ApiKey ${required('elastic', 'apiKey', options.apiKey)}` }
  return createPreset('elastic', { url: required('elastic', 'url', options.url), headers }, options)
}

/**
 * Creates a preset for SigNoz Cloud.
 *
 * @param options `region`, such as `eu`; `ingestionKey`
 * @returns a preset for `start({ otlp })`
 * @throws QuipuError QUIPU_CONFIG_INVALID, QUIPU_BACKEND_REFUSES
 * @see https://signoz.io/docs/ingestion/signoz-cloud/overview/
 * @example
 * start({ otlp: signoz({ region: 'eu', ingestionKey }) })
 */
export function signoz(
  options: PresetOptions<'signoz'> & { readonly region: string; readonly ingestionKey: string },
): Preset<'signoz'> {
  checkPresetOptions('signoz', options, ['region', 'ingestionKey'])
  const region = required('signoz', 'region', options.region)
  return createPreset(
    'signoz',
    {
      url: `https://ingest.${region}.signoz.cloud:443/v1/metrics`,
      headers: { 'signoz-ingestion-key': required('signoz', 'ingestionKey', options.ingestionKey) },
    },
    options,
  )
}
