import { createChecks } from './checks.mjs'
import { contextChecks } from './context.mjs'
import { handlerChecks } from './handler.mjs'
import { hostileChecks } from './hostile.mjs'
import { lineChecks } from './lines.mjs'
import { otelChecks } from './otel.mjs'
import { pageChecks } from './page.mjs'
import { recordChecks } from './record.mjs'
import { systemChecks } from './system.mjs'

/**
 * What must be so of core, prometheus and activity-log on every runtime: the same program on all.
 *
 * @param {object} runtime what this one has
 * @param {boolean} runtime.asyncContext whether it carries context along asynchronous calls
 * @param {object} [runtime.otel] `{ metrics, logs }`: OpenTelemetry's SDK packages, where there are some
 * @param {object} [runtime.system] `{ fs, folder }`, where there are files and sockets
 * @param {(checks: import('./checks.mjs').Checks) => Promise<void>} [runtime.more] checks of this runtime alone
 * @returns {Promise<{ report: string, passed: number, failed: number }>}
 */
export async function conformance({ asyncContext, otel = {}, system, more }) {
  const checks = createChecks()
  await recordChecks(checks)
  await hostileChecks(checks)
  await pageChecks(checks)
  await lineChecks(checks)
  await otelChecks(checks, otel)
  await handlerChecks(checks)
  await contextChecks(checks, { asyncContext })
  if (system !== undefined) await systemChecks(checks, system)
  await more?.(checks)
  const { passed, failures } = checks.result()
  const summary = `${passed} checks passed${failures.length > 0 ? `, ${failures.length} failed` : ''}`
  return {
    report: [...failures.map((failure) => `failed: ${failure}`), summary, ''].join('\n'),
    passed,
    failed: failures.length,
  }
}
