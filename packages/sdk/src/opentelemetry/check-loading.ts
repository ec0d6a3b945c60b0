import { QuipuError } from '@quipu/catalog/builtin'
import { loadTransformer } from '@quipu/otlp'
import type { Configuration } from '../configuration/configuration.js'
import { warnIgnored } from '../configuration/environment.js'
import { loadResources, loadSdkMetrics } from '../optional.cjs'

/**
 * Loads the required parts of OpenTelemetry's SDK before anything is started, because this can fail in a bundle: an ES
 * module has no `require`, which its CommonJS packages call for Node's modules.
 *
 * @returns the configuration, without exporters that only the environment enables if they cannot be loaded
 * @throws QuipuError QUIPU_MODULE_NOT_LOADED if code enables them
 */
export function checkLoading(configuration: Configuration): Configuration {
  const { otlp, otlpFromEnvironment, logsEndpoint, console, pages } = configuration
  const showsResource = (pages.targetInfo ?? false) !== false
  if (otlp === undefined && logsEndpoint === undefined && !console && !showsResource) return configuration
  try {
    loadResources()
    if (otlp !== undefined || console) loadSdkMetrics()
    if (otlp !== undefined || logsEndpoint !== undefined) loadTransformer()
    return configuration
  } catch (cause) {
    const error = notLoaded(cause)
    const isAskedByCode = (otlp !== undefined && !otlpFromEnvironment) || logsEndpoint !== undefined || showsResource
    if (isAskedByCode) throw error
    warnIgnored('the OTLP or console exporter of the environment', `cannot be loaded (${error.code}): ${error.fix}`)
    return { ...configuration, otlp: undefined, console: false }
  }
}

function notLoaded(cause: unknown): QuipuError {
  return new QuipuError('QUIPU_MODULE_NOT_LOADED', {
    what: "OpenTelemetry's SDK, which sends the metrics, cannot be loaded.",
    got: cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause),
    fix:
      'in a bundle that is an ES module, give it a `require` (esbuild: --banner:js="import { createRequire as toRequire } from ' +
      "'node:module'; const require = toRequire(import.meta.url)\"), or leave the packages out of it " +
      '(esbuild: --packages=external) and install them',
    cause,
  })
}
