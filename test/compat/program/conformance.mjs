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
 * Checks core, prometheus and activity-log in the same way on every runtime.
 *
 * @param {object} runtime features of the runtime
 * @param {boolean} runtime.asyncContext whether context follows asynchronous calls
 * @param {object} [runtime.otel] `{ metrics, logs }`: OpenTelemetry's SDK packages, if installed
 * @param {object} [runtime.system] `{ fs, folder }`, if the runtime has files and sockets
 * @param {(checks: import('./checks.mjs').Checks) => Promise<void>} [runtime.more] additional checks of this runtime
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
