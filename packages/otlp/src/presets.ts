import { QuipuError } from '@quipu/catalog/builtin'
import { type CollectorPreset, createCollectorPreset } from './presets/collector-preset.js'
import { checkPresetOptions, createPreset, type Preset, type PresetOptions, required } from './presets/create-preset.js'

export type { BackendChoice, BackendName } from './backend-rules.js'
export { type CatalogFinding, checkCatalogFor } from './presets/check-catalog-for.js'
export type { CollectorBackend, CollectorPreset } from './presets/collector-preset.js'
export type { Preset, PresetOptions } from './presets/create-preset.js'
export { type PrintOptions, toEnvironment, toStartOptions } from './presets/print-preset.js'
export { type CollectorYamlOptions, toCollector, toCollectorYaml } from './presets/to-collector-yaml.js'

/**
 * Creates a preset for an OpenTelemetry Collector. Default `http://localhost:4318`. See
 * https://opentelemetry.io/docs/collector/
 */
export function collector(options: PresetOptions<'collector'> & { readonly url?: string } = {}): Preset<'collector'> {
  checkPresetOptions('collector', options, ['url'])
  const { url = 'http://localhost:4318' } = options
  return createPreset('collector', { url, compression: 'none' }, options)
}

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

/** Creates a preset for a Datadog Agent next to the application. Default `http://localhost:4318`. */
export function datadogAgent(
  options: PresetOptions<'datadogAgent'> & { readonly url?: string } = {},
): Preset<'datadogAgent'> {
  checkPresetOptions('datadogAgent', options, ['url'])
  return createPreset('datadogAgent', { url: options.url ?? 'http://localhost:4318', compression: 'none' }, options)
}

/** Creates a preset for New Relic, with a licence key of the account's region. */
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
 * Creates a preset for Dynatrace, with an API token of the scope `metrics.ingest`. `environment` is the first part of
 * the tenant's host.
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
 * Creates a preset for Honeycomb, where metrics need their own dataset; without a name they are stored in
 * `unknown_metrics`.
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

/** Creates a preset for Grafana Cloud, with the stack's zone (`eu-west-2`), instance id and an access token. */
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

/** Creates a preset for Splunk Observability Cloud, with realm (`eu0`) and an ingest token. */
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

/** Creates a preset for Elastic's managed OTLP endpoint of a project. */
export function elastic(
  options: PresetOptions<'elastic'> & { readonly url: string; readonly apiKey: string },
): Preset<'elastic'> {
  checkPresetOptions('elastic', options, ['url', 'apiKey'])
  const headers = { authorization: `ApiKey ${required('elastic', 'apiKey', options.apiKey)}` }
  return createPreset('elastic', { url: required('elastic', 'url', options.url), headers }, options)
}

/** Creates a preset for Prometheus 3 with `--web.enable-otlp-receiver`. Default `http://localhost:9090`. */
export function prometheus(
  options: PresetOptions<'prometheus'> & { readonly url?: string } = {},
): Preset<'prometheus'> {
  checkPresetOptions('prometheus', options, ['url'])
  const url = `${base(options.url ?? 'http://localhost:9090')}/api/v1/otlp/v1/metrics`
  return createPreset('prometheus', { url }, options)
}

/** Creates a preset for Grafana Mimir, for one of its tenants. */
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

/** Creates a preset for VictoriaMetrics. Default `http://localhost:8428`. */
export function victoriaMetrics(
  options: PresetOptions<'victoriaMetrics'> & { readonly url?: string } = {},
): Preset<'victoriaMetrics'> {
  checkPresetOptions('victoriaMetrics', options, ['url'])
  const url = `${base(options.url ?? 'http://localhost:8428')}/opentelemetry/v1/metrics`
  return createPreset('victoriaMetrics', { url }, options)
}

/** Creates a preset for SigNoz Cloud, with region (`eu`) and ingestion key. */
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

function base(url: string): string {
  return url.replace(/\/+$/, '')
}

// Back ends that need a Collector, which signs requests or renews tokens.

/**
 * Creates a preset for Amazon CloudWatch, through a Collector: `toCollectorYaml(cloudwatch({ region }))` configures it,
 * with `sigv4auth`. CloudWatch also accepts long-lived API keys, but AWS recommends signed requests.
 */
export function cloudwatch(options: { readonly region: string }): CollectorPreset<'cloudwatch'> {
  checkPresetOptions('cloudwatch', options, ['region'])
  const region = required('cloudwatch', 'region', options.region)
  return createCollectorPreset('cloudwatch', {
    url: `https://monitoring.${region}.amazonaws.com/v1/metrics`,
    extension: { name: 'sigv4auth', settings: { region, service: 'monitoring' } },
  })
}

/**
 * Creates a preset for Azure Monitor, through a Collector. `metricsUrl` is the metrics endpoint of the data collection
 * rule.
 */
export function azure(options: { readonly metricsUrl: string }): CollectorPreset<'azure'> {
  checkPresetOptions('azure', options, ['metricsUrl'])
  return createCollectorPreset('azure', {
    url: required('azure', 'metricsUrl', options.metricsUrl),
    extension: {
      name: 'azure_auth',
      settings: { use_default: true, scopes: ['https://monitor.azure.com/.default'] },
    },
  })
}

/** Creates a preset for Google Cloud, through a Collector (0.140 and later) with the project's credentials. */
export function gcp(options: { readonly project: string }): CollectorPreset<'gcp'> {
  checkPresetOptions('gcp', options, ['project'])
  const project = required('gcp', 'project', options.project)
  return createCollectorPreset('gcp', {
    url: 'https://telemetry.googleapis.com/v1/metrics',
    extension: { name: 'googleclientauth', settings: { project } },
    resource: { 'gcp.project_id': project },
  })
}

// Back ends without metrics. The type of their options is the reason, which the compiler shows.

/** Not supported: Langfuse accepts traces only. */
export function langfuse(reason: 'Langfuse takes traces and no metrics: choose another back end for metrics'): never {
  return refuse('langfuse', reason)
}

/** Not supported: Phoenix accepts traces only. */
export function phoenix(reason: 'Phoenix takes traces and no metrics: choose another back end for metrics'): never {
  return refuse('phoenix', reason)
}

function refuse(backend: 'langfuse' | 'phoenix', given: unknown): never {
  throw new QuipuError('QUIPU_BACKEND_REFUSES', {
    what: `${backend === 'langfuse' ? 'Langfuse' : 'Phoenix'} takes traces and no metrics.`,
    got: `${backend}(${typeof given === 'object' ? '{ … }' : typeof given})`,
    fix: 'choose a back end that accepts metrics, or a Collector that sends to one',
  })
}
