import { QuipuError } from '@quipu/catalog/builtin'
import { type CollectorPreset, createCollectorPreset } from './collector-preset.js'
import { checkPresetOptions, required } from './create-preset.js'

// Back ends that need a Collector, which signs requests or renews tokens.

/**
 * Creates a preset for Amazon CloudWatch, through a Collector with `sigv4auth`. CloudWatch also accepts long-lived API keys, but
 * AWS recommends signed requests.
 *
 * @param options `region`, such as `eu-central-1`
 * @returns a preset for `toCollectorYaml` and `toCollector`
 * @throws QuipuError QUIPU_CONFIG_INVALID
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-OTLPEndpoint.html
 * @example
 * toCollectorYaml(cloudwatch({ region: 'eu-central-1' }))
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
 * Creates a preset for Azure Monitor, through a Collector.
 *
 * @param options `metricsUrl`: the metrics endpoint of the data collection rule
 * @returns a preset for `toCollectorYaml` and `toCollector`
 * @throws QuipuError QUIPU_CONFIG_INVALID
 * @see https://learn.microsoft.com/en-us/azure/azure-monitor/containers/opentelemetry-protocol-ingestion
 * @example
 * toCollectorYaml(azure({ metricsUrl }))
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

/**
 * Creates a preset for Google Cloud, through a Collector (0.140 and later) with the project's credentials.
 *
 * @param options `project`: id of the project
 * @returns a preset for `toCollectorYaml` and `toCollector`
 * @throws QuipuError QUIPU_CONFIG_INVALID
 * @see https://docs.cloud.google.com/stackdriver/docs/reference/telemetry/overview
 * @example
 * toCollectorYaml(gcp({ project: 'shop' }))
 */
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

/**
 * Not supported, because Langfuse accepts traces only. Every call is a type error.
 *
 * @throws QuipuError QUIPU_BACKEND_REFUSES
 * @example
 * // @ts-expect-error Langfuse takes no metrics
 * langfuse({ apiKey })
 */
export function langfuse(reason: 'Langfuse takes traces and no metrics: choose another back end for metrics'): never {
  return refuse('langfuse', reason)
}

/**
 * Not supported, because Phoenix accepts traces only. Every call is a type error.
 *
 * @throws QuipuError QUIPU_BACKEND_REFUSES
 * @example
 * // @ts-expect-error Phoenix takes no metrics
 * phoenix({ apiKey })
 */
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
