import { QuipuError } from '@quipu/catalog/builtin'
import { type BackendName, type BackendRule, backendRules } from '../backend-rules.js'

const METRICS = /\/v1\/metrics\/?$/

/** Where a back end takes log records. @returns undefined when neither its preset nor the metrics' URL tells */
export function logsUrlOf(metricsUrl: string): string | undefined {
  const url = new URL(metricsUrl)
  if (url.pathname === '/') return url.href
  if (!METRICS.test(url.pathname)) return undefined
  url.pathname = url.pathname.replace(METRICS, '/v1/logs')
  return url.href
}

/**
 * The same, for the start: log records never go where the metrics go.
 * @throws QuipuError QUIPU_BACKEND_REFUSES for a back end that takes none, QUIPU_CONFIG_INVALID for a URL that does not tell
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
    what: 'The URL in otlp does not tell where log records go: its path is not /v1/metrics.',
    got: `the path ${new URL(metrics.url).pathname}`,
    fix: FIX,
  })
}

const FIX =
  "say where they go: activityLog: { otlp: { url: 'https://…/v1/logs' } }, or leave them: activityLog: { otlp: false }"
