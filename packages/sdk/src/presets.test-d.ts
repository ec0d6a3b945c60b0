import * as presets from './presets.js'
import { start } from './start.js'

const key = 'k'

// An option that a back end does not support is a compile error.
// @ts-expect-error delta only
presets.datadog({ site: 'datadoghq.eu', apiKey: key, temporality: 'cumulative' })
// @ts-expect-error not a site with an OTLP intake
presets.datadog({ site: 'ddog-gov.com', apiKey: key })
// @ts-expect-error no key
presets.datadog({ site: 'datadoghq.eu' })
// @ts-expect-error delta only
presets.dynatrace({ environment: 'e', apiToken: key, temporality: 'cumulative' })
// @ts-expect-error answers 415 to JSON
presets.dynatrace({ environment: 'e', apiToken: key, protocol: 'http/json' })
// @ts-expect-error drops the buckets of exponential histograms
presets.dynatrace({ environment: 'e', apiToken: key, histograms: 'exponential' })
// @ts-expect-error without a dataset metrics go to unknown_metrics
presets.honeycomb({ apiKey: key })
// @ts-expect-error kept in Mimir
presets.grafanaCloud({ zone: 'z', instanceId: '1', token: key, temporality: 'delta' })
// @ts-expect-error cumulative
presets.splunk({ realm: 'eu0', accessToken: key, temporality: 'delta' })
// @ts-expect-error protobuf
presets.splunk({ realm: 'eu0', accessToken: key, protocol: 'http/json' })
// @ts-expect-error drops cumulative histograms
presets.elastic({ url: 'https://e', apiKey: key, temporality: 'cumulative' })
// @ts-expect-error cumulative
presets.prometheus({ temporality: 'delta' })
// @ts-expect-error cumulative
presets.mimir({ url: 'http://m', temporality: 'delta' })
// @ts-expect-error answers 400 to JSON
presets.victoriaMetrics({ protocol: 'http/json' })
// @ts-expect-error no exponential histograms in SigNoz Cloud
presets.signoz({ region: 'eu', ingestionKey: key, histograms: 'exponential' })
// @ts-expect-error takes traces and no metrics
presets.langfuse({ apiKey: key })
// @ts-expect-error takes traces and no metrics
presets.phoenix({ apiKey: key })

// A preset that was changed afterwards is no longer a preset of that back end.
// @ts-expect-error delta only
start({ otlp: { ...presets.datadog({ site: 'datadoghq.eu', apiKey: key }), temporality: 'cumulative' } })

// start() refuses back ends that only a Collector can authenticate with.
// @ts-expect-error asks for signed requests
start({ otlp: presets.cloudwatch({ region: 'eu-central-1' }) })
// @ts-expect-error asks for Entra ID
start({ otlp: presets.azure({ metricsUrl: 'https://a' }) })
// @ts-expect-error asks for tokens that expire
start({ otlp: presets.gcp({ project: 'p' }) })
// @ts-expect-error no environment block opens it
presets.toEnvironment(presets.gcp({ project: 'p' }))
start({ otlp: presets.toCollector(presets.gcp({ project: 'p' })) })
