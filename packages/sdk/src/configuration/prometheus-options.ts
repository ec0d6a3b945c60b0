import { either, flag, group, integer, listOf, type OptionsOf, option, text } from '@quipu/catalog/options'
import { recorderOptions } from '@quipu/core'
import { authOptions, listenOptions, servingOptions } from '@quipu/prometheus'

/** Address, access and content of `/metrics` and `/custom_metrics`. */
export const prometheusOptions = group({
  /** Port to listen on; 0 for any free one. */
  port: option(integer({ min: 0, max: 65_535 }), {
    default: 9464,
    variables: ['OTEL_EXPORTER_PROMETHEUS_PORT'],
    example: 'prometheus: { port: 9464 }, or port: 0 for any free one',
  }),
  host: listenOptions.fields.host,
  allowPublic: listenOptions.fields.allowPublic,
  allowedHosts: listenOptions.fields.allowedHosts,
  ...servingOptions.fields,
  /** Credentials for the pages, of which a request needs one. The variable holds a bearer token. */
  auth: option(
    { ...authOptions, parse: (token) => ({ bearer: token }) },
    {
      variables: ['QUIPU_PROMETHEUS_TOKEN'],
      otherwise: 'everyone who reaches the port',
      example: "prometheus: { auth: { bearer: 'a token of letters and digits' } }",
      secret: true,
      failsClosed: true,
    },
  ),
  /** Serves the studio, a page for people that shows the metrics, at `/quipu` under the same access rules. */
  studio: option(flag, { default: false, variables: ['QUIPU_STUDIO'] }),
  /**
   * Vocabularies of the page `/metrics`: OpenTelemetry's, Prometheus FastAPI Instrumentator's, and prom-client's
   * default metrics.
   */
  standard: option(recorderOptions.fields.standard, {
    variables: ['QUIPU_PROMETHEUS_STANDARD'],
    example: "prometheus: { standard: ['semconv', 'prom_client'] }",
  }),
  /** Adds `otel_scope_name` and `otel_scope_version` to every series of OpenTelemetry instruments. */
  scopeLabels: option(flag, { default: false, variables: ['QUIPU_PROMETHEUS_SCOPE_LABELS'] }),
  /** Adds a `target_info` series with all attributes of the resource, or with the named ones. */
  targetInfo: option(either(flag, listOf(text())), { default: false, variables: ['QUIPU_PROMETHEUS_TARGET_INFO'] }),
})

export interface PrometheusOptions extends OptionsOf<typeof prometheusOptions.fields> {}
