import type { AnyPreset } from '@quipu/sdk'
import * as presets from '@quipu/sdk/presets'

/** Every preset that an application can use itself, with the credentials that the vendors' rules require. */
export const directPresets = {
  collector: presets.collector(),
  datadog: presets.datadog({ site: 'datadoghq.eu', apiKey: 'k' }),
  datadogAgent: presets.datadogAgent(),
  newrelic: presets.newrelic({ licenseKey: 'k' }),
  dynatrace: presets.dynatrace({ environment: 'abc123', apiToken: 't' }),
  honeycomb: presets.honeycomb({ apiKey: 'k', dataset: 'd' }),
  grafanaCloud: presets.grafanaCloud({ zone: 'eu-west-2', instanceId: '12', token: 't' }),
  splunk: presets.splunk({ realm: 'eu0', accessToken: 't' }),
  elastic: presets.elastic({ url: 'https://shop.ingest.eu-west-1.aws.elastic.cloud', apiKey: 'k' }),
  prometheus: presets.prometheus(),
  mimir: presets.mimir({ url: 'http://mimir:9009', tenant: 't' }),
  victoriaMetrics: presets.victoriaMetrics(),
  signoz: presets.signoz({ region: 'eu', ingestionKey: 'k' }),
} as const satisfies { readonly [vendor: string]: AnyPreset }

export type DirectVendor = keyof typeof directPresets
export const directVendors = Object.keys(directPresets) as readonly DirectVendor[]

/** Presets that only a Collector can use. */
export const collectorPresets = {
  cloudwatch: presets.cloudwatch({ region: 'eu-central-1' }),
  azure: presets.azure({ metricsUrl: 'https://dce.westeurope-1.metrics.ingest.monitor.azure.com/otlp/v1/metrics' }),
  gcp: presets.gcp({ project: 'shop' }),
} as const

export type CollectorVendor = keyof typeof collectorPresets
export const collectorVendors = Object.keys(collectorPresets) as readonly CollectorVendor[]

/** Replaces the vendor's host in a preset by one on loopback; its path and all other options stay. */
export function at<P extends { readonly url: string }>(preset: P, origin: string): P {
  const url = new URL(preset.url)
  return { ...preset, url: `${origin}${url.pathname}${url.search}` }
}
