import { type OptionsOf, readOptions, resolveOptions } from '@quipu/catalog/options'
import { type MetricProducer, type RecorderSettings, settingOptions } from '@quipu/core'
import type { ReportKind } from '@quipu/http/reports'
import {
  type BackendName,
  checkBackend,
  type OtlpEndpoint,
  type OtlpMetricsConfiguration,
  type OtlpSettings,
  otlpOptions,
  refuseCollectorBackend,
} from '@quipu/otlp'
import { isTestRun } from '@quipu/processes'
import { type ActivityLogOptions, activityLogOptions } from './activity-log-options.js'
import { chooseGenaiPrices } from './choose-genai-prices.js'
import { environment } from './environment.js'
import { environmentOptions } from './environment-options.js'
import type { ExitHookChoice } from './exit-hook-choice.js'
import { halfOfSpool, hasLogsEndpoint, otlpLogs, otlpMetrics } from './otlp-configuration.js'
import { endpointFromEnvironment } from './otlp-endpoint.js'
import { type PagesConfiguration, pagesConfiguration } from './pages-configuration.js'
import { chosenReports } from './report-options.js'
import { type EventLoggerProvider, type ExitHooks, exitHookOptions, startOptions } from './start-options.js'

/** `service.name` if none is set (OpenTelemetry resource conventions). */
export const UNKNOWN_SERVICE = 'unknown_service:node'

/** The result of merging code, environment and defaults: what `start()` works from. */
export interface Configuration {
  readonly resource: { readonly [name: string]: string | number | boolean }
  /** Settings of the recorder. */
  readonly settings: RecorderSettings
  readonly pages: PagesConfiguration
  /** Whether model calls are observed on the wire. */
  readonly models: boolean
  /** The kinds of events that `register` reports without code, besides requests and model calls. */
  readonly reports: readonly ReportKind[]
  readonly otlp: OtlpMetricsConfiguration | undefined
  /** Whether only the environment enables OTLP, and may have enabled it in the application's own SDK as well. */
  readonly otlpFromEnvironment: boolean
  readonly console: boolean
  readonly intervalMs: number
  /** Maximum milliseconds of one collection and export of a reader. */
  readonly exportTimeoutMs: number
  readonly activityLog: ActivityLogOptions & { readonly enabled: boolean }
  /** The application's own LoggerProvider, which also gets the activity events. */
  readonly loggerProvider: EventLoggerProvider | undefined
  readonly logsEndpoint: OtlpEndpoint | undefined
  readonly standardMetrics: boolean
  /** The application's MetricProducers. */
  readonly producers: readonly MetricProducer[]
  /** The processes with which this one shares one page and one stream. */
  readonly processes: 'auto' | 'single' | 'cluster' | 'workers'
  readonly attach: boolean
  readonly shutdownTimeoutMs: number
  readonly exitHooks: ExitHookChoice
}

/** Checked options of `start()`, without those that depend on the type of the catalogue. */
export type CheckedOptions = Omit<OptionsOf<typeof startOptions.fields>, 'catalog' | 'recorder'>

/**
 * Checks the options of `start()`.
 * @returns a copy that is independent of the caller's object
 * @throws QuipuError QUIPU_CONFIG_INVALID, which names the option; QUIPU_BACKEND_REFUSES
 */
export function checkOptions(given: unknown): CheckedOptions {
  refuseCollectorBackend(backendOf(given))
  const options = readOptions(startOptions, given, 'start()')
  const { otlp } = options
  if (typeof otlp === 'object' && otlp.backend !== undefined) checkBackend(otlp.backend, otlp)
  return options
}

function backendOf(given: unknown): unknown {
  try {
    return Object(Object(given).otlp).backend
  } catch {
    return undefined
  }
}

/**
 * Fills in the options that code left out, from the environment, then from the defaults. An invalid variable is
 * reported once and ignored, as OpenTelemetry's specification requires.
 * @param servesByDefault whether to serve the pages if neither code nor OTEL_METRICS_EXPORTER decides
 * @throws QuipuError QUIPU_BIND_REFUSED; QUIPU_CONFIG_INVALID for an invalid variable that protects something
 */
export function toConfiguration(options: CheckedOptions, { servesByDefault = false } = {}): Configuration {
  const variables = resolveOptions(environmentOptions, {}, environment)
  const chosen = resolveOptions(startOptions, options, environment)
  const exporters = variables.metricsExporters
  const otlp = chosenOtlp(options.otlp, exporters, variables.insecure)
  const { intervalMs } = resolveOptions(otlpOptions, otlp ?? {}, environment)
  const activityLog = resolveOptions(activityLogOptions, options.activityLog ?? {}, environment)
  const { pushed, logsEndpoint } = destinations(otlp, activityLog, variables.logsExporters)
  const pages = pagesConfiguration(options.prometheus, isServed(options.prometheus, exporters, servesByDefault))
  return {
    resource: resourceAttributes(chosen, variables.resourceAttributes),
    settings: {
      ...resolveOptions(settingOptions, options, environment),
      ...(chosen.genaiPrices &&
        chosen.priceOf === undefined && {
          priceOf: chooseGenaiPrices(options.genaiPrices === true),
        }),
      standard: pages.standard,
      activityLog: activityLog.enabled,
    },
    pages,
    models: chosen.models,
    reports: chosenReports(options.reports),
    otlp: pushed,
    otlpFromEnvironment: otlp !== undefined && options.otlp === undefined,
    console: isNamed(exporters, 'console'),
    intervalMs,
    exportTimeoutMs: Math.min(variables.exportTimeoutMs, intervalMs),
    activityLog,
    loggerProvider: chosen.loggerProvider,
    producers: chosen.producers ?? [],
    logsEndpoint,
    standardMetrics: chosen.standardMetrics,
    processes: chosen.processes ?? (isTestRun() ? 'single' : 'auto'),
    attach: chosen.attach,
    shutdownTimeoutMs: chosen.shutdownTimeoutMs,
    exitHooks: exitHooks(chosen.exitHooks),
  }
}

/** Written in code, or created by a preset. */
type ChosenOtlp = OtlpSettings & { readonly backend?: BackendName | undefined }

type Exporters = readonly ('otlp' | 'prometheus' | 'console' | 'none')[] | undefined

/** `none` takes precedence over other exporters. */
function isNamed(exporters: Exporters, name: 'otlp' | 'prometheus' | 'console'): boolean {
  return exporters?.includes('none') === false && exporters.includes(name)
}

function isServed(given: boolean | object | undefined, exporters: Exporters, byDefault: boolean): boolean {
  if (given !== undefined) return given !== false
  return exporters === undefined ? byDefault : isNamed(exporters, 'prometheus')
}

/**
 * OpenTelemetry pushes to localhost:4318 by default. Quipu pushes only when configured: its default output is a page,
 * and refused connections would fill a log.
 */
function chosenOtlp(
  given: boolean | ChosenOtlp | undefined,
  exporters: Exporters,
  isInsecure: boolean,
): ChosenOtlp | undefined {
  if (typeof given === 'object') return given
  if (given !== undefined) return given ? {} : undefined
  if (exporters !== undefined) return isNamed(exporters, 'otlp') ? {} : undefined
  const { protocol } = resolveOptions(otlpOptions, {}, environment)
  return endpointFromEnvironment('METRICS', protocol, isInsecure) === undefined ? undefined : {}
}

/** Destinations of metrics and log records. If both use one spool folder, they share its limit. */
function destinations(
  otlp: ChosenOtlp | undefined,
  { enabled, otlp: chosen }: ActivityLogOptions,
  logsExporters: readonly string[] | undefined,
): { readonly pushed: OtlpMetricsConfiguration | undefined; readonly logsEndpoint: OtlpEndpoint | undefined } {
  const isExported = logsExporters?.some((name) => name.toLowerCase() === 'otlp') ?? false
  const logs = chosen ?? (isExported && (hasLogsEndpoint() ? {} : true))
  const pushed = otlp === undefined ? undefined : otlpMetrics(otlp)
  const logsEndpoint = enabled === true && logs !== false ? otlpLogs(logs, otlp) : undefined
  if (pushed === undefined || logsEndpoint === undefined || pushed.spool?.directory !== logsEndpoint.spool?.directory) {
    return { pushed, logsEndpoint }
  }
  return { pushed: halfOfSpool(pushed), logsEndpoint: halfOfSpool(logsEndpoint) }
}

/** OTEL_SERVICE_NAME takes precedence over the attribute, code over both (resource SDK specification). */
function resourceAttributes(
  { serviceName, resource }: Pick<CheckedOptions, 'serviceName' | 'resource'>,
  fromEnvironment: Configuration['resource'] | undefined,
): Configuration['resource'] {
  return {
    'service.name': UNKNOWN_SERVICE,
    ...fromEnvironment,
    ...resource,
    ...(serviceName !== undefined && { 'service.name': serviceName }),
  }
}

function exitHooks(given: boolean | ExitHooks): ExitHookChoice {
  if (given === false) return { beforeExit: false, exit: false, signals: [] }
  return resolveOptions(exitHookOptions, given === true ? {} : given)
}
