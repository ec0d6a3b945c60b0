import type { EventSpecs, MetricSpecs } from '@quipu/catalog/builtin'
import { ACTIVITY_LOG_FLAG, isFlagOn } from '@quipu/core'
import type { BackendName, OtlpEndpoint, OtlpMetricsConfiguration } from '@quipu/otlp'
import { isTestRun } from '@quipu/processes'
import { checkBind } from '@quipu/prometheus'
import type { ExitHookChoice } from '../lifecycle/exit-hooks.js'
import { firstVariable, integerOf, pairsOf, variable, wordsOf } from './environment.js'
import { halfOfSpool, hasLogsEndpoint, otlpLogs, otlpMetrics } from './otlp-configuration.js'
import type { ActivityLogOptions, ExitHooks, OtlpSettings, PrometheusOptions, StartOptions } from './start-options.js'

/** Where the pages listen, and how they answer. */
export interface PagesConfiguration extends Omit<PrometheusOptions, 'host' | 'port' | 'allowPublic'> {
  /** Undefined: nothing listens. */
  readonly listen: { readonly host: string; readonly port: number; readonly allowPublic: boolean } | undefined
}

/** `service.name` where none is given (OpenTelemetry resource conventions). */
export const UNKNOWN_SERVICE = 'unknown_service:node'

/** What `start()` works from: code, environment and defaults as one. */
export interface Configuration {
  readonly resource: { readonly [name: string]: string | number | boolean }
  readonly pages: PagesConfiguration
  readonly otlp: OtlpMetricsConfiguration | undefined
  /** Whether OTLP was asked for by the environment only, as the application's own SDK may have been too. */
  readonly otlpFromEnvironment: boolean
  readonly console: boolean
  readonly intervalMs: number
  /** Milliseconds that the readers give one collection and export. */
  readonly exportTimeoutMs: number
  readonly activityLog: ActivityLogOptions & { readonly enabled: boolean }
  readonly logsEndpoint: OtlpEndpoint | undefined
  readonly standardMetrics: boolean
  /** With whom this process has one page and one stream. */
  readonly processes: 'auto' | 'single' | 'cluster' | 'workers'
  readonly attach: boolean
  readonly shutdownTimeoutMs: number
  readonly exitHooks: ExitHookChoice
}

/** What is read of the options here says nothing of catalogues. */
type AnyOptions = Omit<StartOptions<MetricSpecs, EventSpecs>, 'catalog' | 'recorder'>

/**
 * Fills in from the environment, then from defaults, what code left out.
 * @throws QuipuError QUIPU_CONFIG_INVALID, which names the variable; QUIPU_BIND_REFUSED
 */
export function toConfiguration(options: AnyOptions): Configuration {
  const exporters = exportersFromEnvironment()
  const otlp = otlpOptions(options.otlp, exporters)
  const interval = integerOf(firstVariable('OTEL_METRIC_EXPORT_INTERVAL'), { min: 1 })
  const timeout = integerOf(firstVariable('OTEL_METRIC_EXPORT_TIMEOUT'), { min: 1 })
  const intervalMs = otlp?.intervalMs ?? interval ?? 60_000
  const activityLog = { ...options.activityLog, enabled: isActivityLogOn(options.activityLog) }
  const logs = activityLog.otlp ?? (logsExportedByEnvironment() && (hasLogsEndpoint() ? {} : true))
  const pushed = otlp === undefined ? undefined : otlpMetrics(otlp)
  const logsEndpoint = activityLog.enabled && logs !== false ? otlpLogs(logs, otlp) : undefined
  const share = pushed?.spool?.directory === logsEndpoint?.spool?.directory
  return {
    resource: resourceAttributes(options),
    pages: pagesConfiguration(options.prometheus, exporters),
    otlp: share && pushed !== undefined ? halfOfSpool(pushed) : pushed,
    otlpFromEnvironment: otlp !== undefined && options.otlp === undefined,
    console: exporters?.includes('console') ?? false,
    intervalMs,
    exportTimeoutMs: Math.min(timeout ?? 30_000, intervalMs),
    activityLog,
    logsEndpoint: share && logsEndpoint !== undefined ? halfOfSpool(logsEndpoint) : logsEndpoint,
    standardMetrics: options.standardMetrics ?? true,
    processes: options.processes ?? (isTestRun() ? 'single' : 'auto'),
    attach: options.attach ?? true,
    shutdownTimeoutMs: options.shutdownTimeoutMs ?? 2000,
    exitHooks: exitHooks(options.exitHooks),
  }
}

/** Code's own, or what a preset made. */
type ChosenOtlp = OtlpSettings & { readonly backend?: BackendName | undefined }

type Exporter = 'otlp' | 'prometheus' | 'console' | 'none'

function exportersFromEnvironment(): readonly Exporter[] | undefined {
  const exporters = wordsOf(firstVariable('OTEL_METRICS_EXPORTER'), ['otlp', 'prometheus', 'console', 'none'])
  return exporters?.includes('none') ? [] : exporters
}

/**
 * OpenTelemetry's own default is to push to localhost:4318. Quipu pushes only when somebody asked for it: a page is its
 * default way out, and a refused connection a minute is nothing that anybody wants to find in a log.
 */
function otlpOptions(
  given: boolean | ChosenOtlp | undefined,
  exporters: readonly Exporter[] | undefined,
): ChosenOtlp | undefined {
  if (typeof given === 'object') return given
  if (given !== undefined) return given ? {} : undefined
  if (exporters !== undefined) return exporters.includes('otlp') ? {} : undefined
  const endpoint = firstVariable('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT')
  return endpoint === undefined ? undefined : {}
}

function pagesConfiguration(
  given: boolean | PrometheusOptions | undefined,
  exporters: readonly Exporter[] | undefined,
): PagesConfiguration {
  const { host, port, allowPublic, auth, ...rest } = typeof given === 'object' ? given : {}
  const token = variable('QUIPU_PROMETHEUS_TOKEN')
  const access = auth ?? (token === undefined ? undefined : { bearer: token })
  const pages = { ...rest, ...(access !== undefined && { auth: access }) }
  const isServed = given === undefined ? exporters?.includes('prometheus') : given !== false
  if (isServed !== true) return { ...pages, listen: undefined }
  const listen = {
    host: host ?? variable('OTEL_EXPORTER_PROMETHEUS_HOST') ?? '127.0.0.1',
    port: port ?? prometheusPort(),
    allowPublic: allowPublic ?? isFlagOn(variable('QUIPU_PROMETHEUS_ALLOW_PUBLIC')),
  }
  checkBind(listen.host, { hasAuth: access !== undefined, allowPublic: listen.allowPublic })
  return { ...pages, listen }
}

function prometheusPort(): number {
  return integerOf(firstVariable('OTEL_EXPORTER_PROMETHEUS_PORT'), { min: 0, max: 65_535 }) ?? 9464
}

function isActivityLogOn(options: ActivityLogOptions | undefined): boolean {
  return options?.enabled ?? isFlagOn(variable(ACTIVITY_LOG_FLAG))
}

/** Whether the environment wants log records to go out over OTLP. */
function logsExportedByEnvironment(): boolean {
  return (
    variable('OTEL_LOGS_EXPORTER')
      ?.split(',')
      .some((name) => name.trim().toLowerCase() === 'otlp') ?? false
  )
}

/** OTEL_SERVICE_NAME wins over the attribute of the same meaning, code over both (resource SDK specification). */
function resourceAttributes(options: AnyOptions): Configuration['resource'] {
  const serviceName = options.serviceName ?? variable('OTEL_SERVICE_NAME')
  return {
    'service.name': UNKNOWN_SERVICE,
    ...pairsOf(firstVariable('OTEL_RESOURCE_ATTRIBUTES')),
    ...options.resource,
    ...(serviceName !== undefined && { 'service.name': serviceName }),
  }
}

/** Those that end a process by default, and that tell it to end. SIGBREAK is Windows' alone. */
const ENDING_SIGNALS: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'] : ['SIGTERM', 'SIGINT', 'SIGHUP']

function exitHooks(given: boolean | ExitHooks | undefined): ExitHookChoice {
  if (given === false) return { beforeExit: false, signals: [] }
  const { beforeExit = true, signals = ENDING_SIGNALS } = typeof given === 'object' ? given : {}
  return { beforeExit, signals }
}
