import { QuipuError } from '@quipu/catalog/builtin'
import { type BackendName, type BackendRule, backendRules } from '../backend-rules.js'

const METRICS = /\/v1\/metrics\/?$/

/** Returns the URL of a back end's log records. @returns undefined if it cannot be derived */
export function logsUrlOf(metricsUrl: string): string | undefined {
  const url = new URL(metricsUrl)
  if (url.pathname === '/') return url.href
  if (!METRICS.test(url.pathname)) return undefined
  url.pathname = url.pathname.replace(METRICS, '/v1/logs')
  return url.href
}

/**
 * The same for `start()`: log records are never sent to the address of metrics.
 * @throws QuipuError QUIPU_BACKEND_REFUSES for a back end without log records, QUIPU_CONFIG_INVALID if the URL cannot
 * be derived
 */
export function requiredLogsUrl(metrics: { readonly url: string; readonly backend?: BackendName | undefined }): string {
  const { noLogs }: Partial<BackendRule> = metrics.backend === undefined ? {} : backendRules[metrics.backend]
  if (noLogs !== undefined) {
    throw new QuipuError('QUIPU_BACKEND_REFUSES', {
      what: `${noLogs}.`,
      got: `activity events as OTLP log records for ${metrics.backend}`,
      fix: FIX,
    })
  }
  const url = logsUrlOf(metrics.url)
  if (url !== undefined) return url
  throw new QuipuError('QUIPU_CONFIG_INVALID', {
    what: 'The URL of log records cannot be derived from the URL in otlp: its path is not /v1/metrics.',
    got: `the path ${new URL(metrics.url).pathname}`,
    fix: FIX,
  })
}

const FIX = "set activityLog: { otlp: { url: 'https://…/v1/logs' } }, or disable them: activityLog: { otlp: false }"
