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
  /** The recorder whose catalogue is on the other page: nothing of it appears on this one (T12). */
  readonly exclude?: PageRecorder
  /** Told what was left out and why. Default: `exclude` counts it. */
  readonly onDrop?: (metric: string, reason: string) => void
  /** `otel_scope_name` and `otel_scope_version` on every series: some 45 % more bytes. Default false. */
  readonly scopeLabels?: boolean
  /**
   * A `target_info` series with the resource's attributes: all of them, or those named. Default false, since resource
   * detectors find command lines and names of users.
   */
  readonly targetInfo?: boolean | readonly string[]
}

/**
 * The page of an OpenTelemetry provider, `/metrics`: whatever its reader collects, of SDK 2 or 3, under the names that the
 * compatibility specification gives it. Families of one name are merged across scopes; a family whose type clashes, or
 * whose name the catalogue has, is left out and counted.
 *
 * A callback that throws costs its own metric, which is counted; one that hangs does too, as long as `collect` keeps to
 * `timeoutMillis`, as OpenTelemetry's readers do. A `collect` that does not keep to it makes the page fail in time.
 *
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

/** What callbacks may take of a scrape's time: the rest is for writing what the others gave. */
function callbackTime(timeoutMs: number): number {
  return Math.max(1, timeoutMs - Math.min(1000, timeoutMs / 4))
}

/** The names of a recorder's page, and whether a metric is the recorder's own, come back through the provider. */
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
