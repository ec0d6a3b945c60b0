import { coalesce } from '../coalesce.js'
import { isOnPage, type PageRecorder, pageTypes } from '../families/catalog-page.js'
import type { EscapingScheme } from '../families/escaping.js'
import { type TakenNames, takeNames } from '../families/name-clash.js'
import { catalogPageName } from '../families/page-names.js'
import type { PageSource } from '../families/page-source.js'
import { createForeignFamilies } from './foreign-families.js'
import type { OtelCollect, OtelScopeMetrics } from './otel-metrics.js'
import { targetInfo } from './target-info.js'

export interface OtelPageOptions {
  /** The recorder whose catalogue is on the other page. Its metrics do not appear on this one. */
  readonly exclude?: PageRecorder
  /** Receives each omission with its reason. Default: `exclude` counts it. */
  readonly onDrop?: (metric: string, reason: string) => void
  /** Adds `otel_scope_name` and `otel_scope_version` to every series, for about 45 % more bytes. Default false. */
  readonly scopeLabels?: boolean
  /**
   * Adds a `target_info` series with all attributes of the resource, or with the named ones. Default false, because
   * resource detectors collect command lines and user names.
   */
  readonly targetInfo?: boolean | readonly string[]
}

/**
 * Creates the source of `/metrics` from an OpenTelemetry provider, SDK 2 or 3, with the names that the compatibility
 * specification defines. Families of one name are merged across scopes. A family of a conflicting type, or with a name
 * of the catalogue, is left out and counted.
 *
 * A callback that throws, or that exceeds the time limit, loses only its own metric, as long as `collect` respects
 * `timeoutMillis`, as OpenTelemetry's readers do. Otherwise the whole page fails after its time limit.
 *
 * @param collect collects from a reader within `timeoutMillis` milliseconds
 * @returns a source for `createPage`; never throws
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 * @example
 * const reader = new PrometheusExporter({ preventServerStart: true })
 * const source = otelPage((options) => reader.collect(options), { exclude: recorder })
 */
export function otelPage(collect: OtelCollect, options: OtelPageOptions = {}): PageSource {
  const { exclude, scopeLabels = false } = options
  const drop = options.onDrop ?? ((name: string, reason: string) => exclude?.drop(name, reason))
  const shared = coalesce((timeoutMs) => collect({ timeoutMillis: callbackTime(timeoutMs) }))
  return {
    drop,
    async families({ timeoutMs, pace, escaping: scheme = 'underscores' }) {
      const { resourceMetrics, errors } = await shared(timeoutMs)
      for (const _ of errors) drop('otel', 'callback_failed')
      const catalog = exclude === undefined ? undefined : catalogOf(exclude, scheme)
      const foreign = createForeignFamilies({ drop, scopeLabels, taken: catalog?.taken ?? new Map(), scheme })
      for (const { scope, metrics } of resourceMetrics.scopeMetrics) {
        for (const metric of metrics) {
          if (catalog?.has(scope, metric.descriptor.name) !== true) await foreign.add(scope, metric, pace)
        }
      }
      const info = targetInfo(resourceMetrics.resource.attributes, options.targetInfo ?? false, scheme)
      return info === undefined ? foreign.families() : [info, ...foreign.families()]
    },
  }
}

/** The part of a scrape's time for callbacks. The rest is for writing the values of the other metrics. */
function callbackTime(timeoutMs: number): number {
  return Math.max(1, timeoutMs - Math.min(1000, timeoutMs / 4))
}

/** The names of a recorder's page, and a check for its metrics, which the provider returns as well. */
function catalogOf(recorder: PageRecorder, scheme: EscapingScheme) {
  const taken: TakenNames = new Map()
  const own = new Set<string>()
  for (const reading of recorder.readings()) {
    own.add(`${reading.scope} ${reading.otlpName}`)
    if (isOnPage(reading))
      takeNames(taken, { name: catalogPageName(reading, scheme), type: pageTypes[reading.spec.kind] })
  }
  return { taken, has: (scope: OtelScopeMetrics['scope'], name: string) => own.has(`${scope.name} ${name}`) }
}
